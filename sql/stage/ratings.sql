-- This table may become movies.ratings itself, so it has that one's columns and no others.
-- What a record's position is for, its rejects, the filters know.
select source as load_source from ops.loads where load_id = :load \gset
create table stage.:"records" (like movies.ratings including comments);
alter table stage.:"records" alter column source set default :load_source;
