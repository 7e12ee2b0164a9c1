-- The lists of the movies whose keywords changed in load :load, and the names derived from them.
\ir marks.sql
\set said :said_keywords
\set relation movie_keywords
\set derived keywords
\set id keyword_id
\ir set.sql
drop table changed;
