-- acquire: takes a free lock, or stands in its queue.
-- ARGV 5 lock, 6 client, 7 '1' to wait, 8 floor of the fence, 9 how many may wait, 10 how many locks may be held
-- Returns how it stands, as JSON; 'absent', 'many waiters' or 'many locks' when nothing was done.
enter()
local name, client = ARGV[5], ARGV[6]
if not present(client) then
  return done('absent')
end
local lock = read_lock(name)
if not lock then
  if redis.call('HLEN', LOCKS) >= tonumber(ARGV[10]) then
    return done('many locks')
  end
  return done(give(name, nil, client, ARGV[8]))
end
local _, waits = without(lock.queue, function(other) return other == client end)
if ARGV[7] ~= '1' or lock.holder == client or waits then
  return done(lock_json(name, lock))
end
if #lock.queue >= tonumber(ARGV[9]) then
  return done('many waiters')
end
table.insert(lock.queue, client)
write_lock(name, lock)
return done(tell_lock(name, lock))
