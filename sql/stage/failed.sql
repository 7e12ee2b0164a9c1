-- Keeps :why, the reason why a member of load :load was not staged, for movies-status. It is shown while the load is
-- open and after it has been discarded; promotion replaces it.
update ops.loads
set summary = jsonb_build_object('why', concat_ws('; ', summary ->> 'why', :'why'))
where load_id = :load and status = 'open' and strpos(coalesce(summary ->> 'why', ''), :'why') = 0;
