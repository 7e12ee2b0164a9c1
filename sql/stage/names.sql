-- The names of a family's stage tables, from :load and :family. One table for each chain of
-- filters: that of the records, and one for each list in them; then what was counted and
-- turned away; then, of each id, the record that wins in this file (sql/won).
\set records l :load _ :family
\set counts l :load _ :family _counts
\set rejects l :load _ :family _rejects
\set won l :load _ :family _won
\set duplicates l :load _ :family _duplicates
\set genres :records _genres
\set companies :records _companies
\set countries :records _countries
\set languages :records _languages
\set collections :records _collections
\set cast :records _cast
\set crew :records _crew
\set listed :records _listed
\set said_genres :won _genres
\set said_companies :won _companies
\set said_countries :won _countries
\set said_languages :won _languages
\set said_cast :won _cast
\set said_crew :won _crew
\set said_keywords :won _keywords
\set fresh :won _fresh
\set rivals :won _rivals
\set unique :won _unique
