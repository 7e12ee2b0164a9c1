-- Last part of what rules.sql begins: prints what was found, what refuses the load first. The views
-- go before the end: while they stand, the stage tables cannot be dropped.
select rule, severity, found, example
from ops.findings
where load_id = :load
order by severity, family, rule;
drop view known_movies;
drop view known_links;
commit;
