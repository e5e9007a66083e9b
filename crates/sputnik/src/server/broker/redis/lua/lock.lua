-- lock: how a lock stands.
-- ARGV 5 lock
-- Returns it as JSON.
enter()
return done(lock_json(ARGV[5], read_lock(ARGV[5])))
