-- Has a file of the hour :hour been promoted, whatever its revision? Prints t or f.
select exists(select from ops.loads where hour = :'hour' and status = 'promoted');
