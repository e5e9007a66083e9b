-- take_over: gives a lock to a client whoever holds it.
-- ARGV 5 lock, 6 client, 7 floor of the fence, 8 how many locks may be held
-- Returns how it stands, as JSON; 'absent' or 'many locks' when nothing was done.
enter()
local name, by = ARGV[5], ARGV[6]
if not present(by) then
  return done('absent')
end
local lock = read_lock(name)
if lock and lock.holder == by then
  return done(lock_json(name, lock))
end
if not lock and redis.call('HLEN', LOCKS) >= tonumber(ARGV[8]) then
  return done('many locks')
end
return done(give(name, lock, by, ARGV[7]))
