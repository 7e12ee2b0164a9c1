-- The names of a load's stage tables, from :load. Read by every script that touches them.
\set movies l :load _movies
\set genres l :load _genres
\set companies l :load _companies
\set countries l :load _countries
\set languages l :load _languages
\set collections l :load _collections
\set rejects l :load _movies_rejects
\set counts l :load _movies_counts
