-- Drops the stage tables of load :load.
\ir names.sql
drop table if exists stage.:"movies", stage.:"genres", stage.:"companies",
    stage.:"countries", stage.:"languages", stage.:"collections",
    stage.:"rejects", stage.:"counts";
