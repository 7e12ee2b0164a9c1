-- Sets is_first: has the database no ratings yet, and are those of load :load still to be staged? A new try
-- at that waits in begin.sql until we have ended, and so finds what we have made.
select count(*) = 1 and not exists(select from movies.ratings) as is_first
from (
    select from ops.members
    where load_id = :load and family = :'family' and state = 'given'
    for share
) as m \gset
