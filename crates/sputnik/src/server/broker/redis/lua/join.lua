-- join: makes a client present, perhaps in the place of one that is leaving.
-- ARGV 5 client, 6 head of its card (JSON up to what it shows), 7 what it shows (JSON), 8 lease in ms,
--   9 the client it replaces or '', 10 how many may be present, 11 its rank,
--   12… pairs: a party its seat is counted to, and how many seats that may have
-- Returns 'new', 'moved', 'same' or 'replaced'; 'full' or 'many of one' when nothing was done.
enter()
local client, card, old, rank = ARGV[5], ARGV[6] .. '\n' .. ARGV[7], ARGV[9], tonumber(ARGV[11])
local seat = redis.call('HGET', WHO, client)
local answer, replaces = 'new', 'null'

-- Whether a party has all the seats it may. What was left behind by whoever does not know of parties is let go.
local function has_all(party, may)
  local from, to = range(party)
  if redis.call('ZLEXCOUNT', PARTIES, from, to) < may then
    return false
  end
  local here = 0
  for _, member in ipairs(redis.call('ZRANGEBYLEX', PARTIES, from, to)) do
    local other = string.sub(member, #party + 2)
    if present(other) then
      here = here + 1
    else
      uncount(other)
      redis.call('ZREM', PARTIES, member)
    end
  end
  return here >= may
end

-- Whether there is a seat, or whoever counts for less leaves.
local function has_room()
  if redis.call('ZCARD', DUE) < tonumber(ARGV[10]) then
    return true
  end
  while true do
    local least = redis.call('ZRANGE', RANKS, 0, 0, 'WITHSCORES')
    if not least[1] then
      return false
    elseif not present(least[1]) then
      uncount(least[1])
    elseif math.ceil(tonumber(least[2]) / 2^40) < rank then
      leave({ least[1] })
      return true
    else
      return false
    end
  end
end

if old ~= client and redis.call('SISMEMBER', LEAVING, old) == 1 then
  -- The same holdings under another name: the fences stay. Where the newcomer stood already, the better of the two
  -- places is its own.
  redis.call('ZREM', DUE, old)
  redis.call('HDEL', WHO, old)
  redis.call('SREM', LEAVING, old)
  uncount(old)
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
elseif not seat then
  for i = 12, #ARGV, 2 do
    if has_all(ARGV[i], tonumber(ARGV[i + 1])) then
      return done('many of one')
    end
  end
  if not has_room() then
    return done('full')
  end
end
local arrival, head, shown
if seat then
  arrival, head, shown = string.match(seat, '^(%d+)\n([^\n]*)\n(.*)$')
end
if answer == 'replaced' or head ~= ARGV[6] then
  arrival = string.format('%.0f', redis.call('HINCRBY', META, 'arrivals', 1))
  redis.call('HSET', WHO, client, arrival .. '\n' .. card)
  uncount(client)
  for i = 12, #ARGV, 2 do
    redis.call('ZADD', PARTIES, 0, ARGV[i] .. '|' .. client, 0, '=' .. client .. '|' .. ARGV[i])
  end
  append('{"joined":{"who":' .. ARGV[6] .. ARGV[7] .. '},"replaces":' .. replaces .. '}}')
elseif shown ~= ARGV[7] then
  move(client, seat, ARGV[7])
  answer = 'moved'
else
  answer = 'same'
end
set_rank(client, rank, arrival)
redis.call('ZADD', DUE, NOW + ARGV[8], client)
redis.call('SREM', LEAVING, client)
changed = true
return done(answer)
