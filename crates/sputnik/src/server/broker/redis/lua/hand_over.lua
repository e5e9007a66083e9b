-- hand_over: passes a lock from its holder to another client.
-- ARGV 5 lock, 6 holder, 7 to whom, 8 floor of the fence
-- Returns how it stands, as JSON; 'not holder' or 'absent' when nothing was done.
enter()
local name, from, to = ARGV[5], ARGV[6], ARGV[7]
local lock = read_lock(name)
if lock and lock.holder == to then
  return done(lock_json(name, lock))
end
if not lock or lock.holder ~= from then
  return done('not holder')
end
if not present(to) then
  return done('absent')
end
return done(give(name, lock, to, ARGV[8]))
