-- Which load is meant. Reads :load: a key, of whose loads the open or promoted one is meant, or else
-- the latest; or a load's number. Sets load_id and is_unknown.
select
    coalesce(max(load_id), 0) as load_id,
    count(*) = 0 as is_unknown
from (
    select load_id from ops.loads
    where key = :'load' or load_id::text = :'load'
    order by (status = 'discarded'), load_id desc
    limit 1
) as l \gset
