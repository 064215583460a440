-- NetLab's TCP over UDP for Wireshark and tshark: shows each datagram with Wireshark's own TCP dissector, and what is above it.
--
-- Wireshark: put this file into the folder of personal Lua plugins (Help, About, Folders). tshark: -X lua_script:nlab.lua
--
-- One datagram carries exactly one segment of RFC 9293, once the kernel has cut it. Its checksum is TCP's over a pseudo-header whose two addresses are
-- zero, so that a relay or a NAT does not break it; that is how a datagram is recognized, whatever its ports.

local nlab = Proto("nlab", "NetLab TCP over UDP")
local tcp = Dissector.get("tcp")

local TCP_PROTOCOL = 6
local MIN_HEADER = 20
local MAX_SUMS = 8

nlab.prefs.heuristic = Pref.bool("Recognize by checksum", true, "Look at datagrams of every port; off: only where Decode As says so")

-- The Internet checksum (RFC 1071) of the segment and of a pseudo-header without addresses.
local function checksum_fits(buffer)
    local length = buffer:len()
    local sum = TCP_PROTOCOL + length
    local bytes = buffer:bytes()
    for i = 0, length - 2, 2 do
        sum = sum + bytes:get_index(i) * 256 + bytes:get_index(i + 1)
    end
    if length % 2 == 1 then
        sum = sum + bytes:get_index(length - 1) * 256
    end
    while sum > 0xFFFF do
        sum = math.floor(sum / 0x10000) + sum % 0x10000
    end
    return sum == 0xFFFF
end

-- Whether a buffer begins like a header.
local function is_header(buffer)
    if buffer:len() < MIN_HEADER then
        return false
    end
    local header = math.floor(buffer(12, 1):uint() / 16) * 4
    -- Of the four bits behind the data offset only the last, AE (RFC 9768), is in use.
    local reserved = buffer(12, 1):uint() % 16
    return header >= MIN_HEADER and header <= buffer:len() and reserved <= 1
end

-- How long each segment is. A capture on the sender's side has several in one datagram, before the kernel cuts them
-- (UDP_SEGMENT): all of one length but the last. The second begins with the same ports, where a checksum says that the first ends.
local function segment_length(buffer)
    local length = buffer:len()
    if not is_header(buffer) or length < 2 * MIN_HEADER then
        return length
    end
    local raw = buffer:raw()
    local ports = raw:sub(1, 4)
    local sums = 0
    local at = raw:find(ports, MIN_HEADER + 1, true)
    while at and length - (at - 1) >= MIN_HEADER and sums < MAX_SUMS do
        if is_header(buffer(at - 1):tvb()) and checksum_fits(buffer(0, at - 1):tvb()) then
            return at - 1
        end
        sums = sums + 1
        at = raw:find(ports, at + 4, true)
    end
    return length
end

local function is_segment(buffer)
    if not is_header(buffer) then
        return false
    end
    local length = segment_length(buffer)
    if length < buffer:len() then
        return true
    end
    -- What the capture cut cannot be summed.
    return buffer:reported_len() == buffer:len() and checksum_fits(buffer)
end

function nlab.dissector(buffer, pinfo, tree)
    local length = segment_length(buffer)
    local at = 0
    while buffer:len() - at > length do
        tcp:call(buffer(at, length):tvb(), pinfo, tree)
        at = at + length
    end
    tcp:call(at == 0 and buffer or buffer(at):tvb(), pinfo, tree)
    return buffer:len()
end

local function heuristic(buffer, pinfo, tree)
    if not nlab.prefs.heuristic or not is_segment(buffer) then
        return false
    end
    -- The rest of the conversation is its too, the damaged datagrams included.
    pinfo.conversation = nlab
    nlab.dissector(buffer, pinfo, tree)
    return true
end

nlab:register_heuristic("udp", heuristic)
DissectorTable.get("udp.port"):add_for_decode_as(nlab)
