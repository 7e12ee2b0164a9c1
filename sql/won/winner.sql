-- Of the records that every filter accepted, each id's last one wins within a file. Makes the view
-- winner (the rows of the records' table) and the table of duplicates, where both stood.
-- A record is accepted or rejected whole: one bad part anywhere drops all of it.
create temp view accepted as
    select s.*
    from stage.:"records" as s
    where not exists (select from turned_away as t where t.record = s._record);
create temp table winner on commit drop as
    select distinct on (movie_id) *
    from accepted
    order by movie_id, _record desc;
create unique index on winner (_record);
analyze winner (movie_id, _record);
create table stage.:"duplicates" as
    select a.movie_id as id, a._record as record, a._line as line, w._record as won_record, w._line as won_line
    from accepted as a
    join winner as w using (movie_id)
    where a._record <> w._record;
