-- join: makes a client present, perhaps in the place of one that is leaving.
-- ARGV 5 client, 6 head of its card (JSON up to what it shows), 7 what it shows (JSON), 8 lease in ms,
--   9 the client it replaces or '', 10 how many may be present
-- Returns 'new', 'replaced', or 'full' when nothing was done.
enter()
local client, card, old = ARGV[5], ARGV[6] .. '\n' .. ARGV[7], ARGV[9]
local seat = redis.call('HGET', WHO, client)
local answer, replaces = 'new', 'null'
if old ~= client and redis.call('SISMEMBER', LEAVING, old) == 1 then
  -- The same holdings under another name: the fences stay. Where the newcomer stood already, the better of the two
  -- places is its own.
  redis.call('ZREM', DUE, old)
  redis.call('HDEL', WHO, old)
  redis.call('SREM', LEAVING, old)
  for _, name in ipairs(redis.call('HKEYS', LOCKS)) do
    local lock = read_lock(name)
    if lock.holder == old then
      lock.holder = client
    end
    local stands, queue = lock.holder == client, {}
    for _, waiting in ipairs(lock.queue) do
      if waiting ~= old and waiting ~= client then
        table.insert(queue, waiting)
      elseif not stands then
        table.insert(queue, client)
        stands = true
      end
    end
    lock.queue = queue
    write_lock(name, lock)
  end
  answer, replaces = 'replaced', '"' .. old .. '"'
elseif not seat and redis.call('ZCARD', DUE) >= tonumber(ARGV[10]) then
  return done('full')
end
local head, shown
if seat then
  head, shown = string.match(seat, '^%d+\n([^\n]*)\n(.*)$')
end
if answer == 'replaced' or head ~= ARGV[6] then
  local arrival = redis.call('HINCRBY', META, 'arrivals', 1)
  redis.call('HSET', WHO, client, string.format('%.0f', arrival) .. '\n' .. card)
  append('{"joined":{"who":' .. ARGV[6] .. ARGV[7] .. '},"replaces":' .. replaces .. '}}')
elseif shown ~= ARGV[7] then
  move(client, seat, ARGV[7])
end
redis.call('ZADD', DUE, NOW + ARGV[8], client)
redis.call('SREM', LEAVING, client)
changed = true
return done(answer)
