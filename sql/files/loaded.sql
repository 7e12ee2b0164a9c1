-- Prints the hours :from to :until of which a file has been promoted, whatever its revision.
select distinct to_char(hour at time zone 'UTC', 'YYYY-MM-DD"T"HH24"Z"') as hour
from ops.loads
where status = 'promoted' and hour >= :'from' and hour <= :'until';
