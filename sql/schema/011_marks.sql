-- Every load moves the mark of every id that it holds. To look its load up each time took longer than
-- to move it, so it is not asked any more: sql/checks/orphans.sql finds a mark of no load.

-- A promotion holds ops.loads when it comes to the marks, so none goes on meanwhile.
select pg_advisory_xact_lock(hashtextextended('movies-pipeline promote', 0)) is null as locked \gset
set local role movies_loader; -- noqa: PRS
alter table ops.newest drop constraint newest_load_id_fkey;
reset role;
