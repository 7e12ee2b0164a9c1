-- Is there a load of the hour :hour, whatever its revision? Prints t or f.
select exists(select from ops.loads where hour = :'hour' and status in ('open', 'promoted'));
