-- Prints what is wrong with the joints of load :load, one fault a line; nothing if all is well.
\ir ../checks/joints.sql
select fault from joint_faults;
