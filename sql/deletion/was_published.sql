-- Whether figures of some deliveries ever became public.
SELECT EXISTS (SELECT FROM audit WHERE subject = ANY(:ids) AND to_state = 'published')
