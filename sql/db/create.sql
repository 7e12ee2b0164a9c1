-- Makes the database :new, empty, with the encoding and the locale of :current.
select format(
    'create database %I template template0 encoding %L lc_collate %L lc_ctype %L%s',
    :'new', pg_encoding_to_char(encoding), datcollate, datctype,
    case datlocprovider
        when 'i' then format(' locale_provider icu icu_locale %L', coalesce(d ->> 'datlocale', d ->> 'daticulocale'))
        when 'b' then format(' locale_provider builtin builtin_locale %L', d ->> 'datlocale')
    end
)
from pg_database
cross join lateral to_jsonb(pg_database) as d
where datname = :'current' \gexec
