using NetLab.Tcp.Simulation.Drill;
using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Tcp.Tests.Simulation.Drill;

/// <summary>The language: what is read, what is refused and with which words, and what is compared.</summary>
public sealed class ScriptLanguageTests
{
    private const string Server = """
        0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
        +0 bind(3, ..., ...) = 0
        +0 listen(3, 1) = 0
        +0 < S 0:0(0) win 65535 <mss 1000,sackOK,nop,nop>
        +0 > S. 0:0(0) ack 1 <mss 1000,sackOK,nop,nop>
        +.1 < . 1:1(0) ack 1 win 65535
        +0 accept(3, ..., ...) = 4

        """;

    [Theory]
    [InlineData("// a comment\n# another\n/* a third,\n of two lines */\n")]
    [InlineData("--tolerance_usecs=10000\n--ip_version=ipv4\n--local_ip=192.168.0.1 // ours\n")]
    [InlineData("`./defaults.sh\n./set_sysctls.py /proc/sys/net/ipv4/tcp_sack=1`\n")]
    [InlineData("0 `sysctl -w net.ipv4.tcp_sack=1 net.ipv4.tcp_timestamps=\"1\" > /dev/null 2>&1; ip tcp_metrics flush all`\n")]
    [InlineData("+0 `sysctl net.inet.tcp.delacktime=40 && kldload -n cc_newreno`\n")]
    [InlineData("%{ print('nothing is run of this', tcpi_not_known) }%\n")]
    [InlineData("%{ import os }%\n")]
    public void Options_comments_and_preparations_are_read(string top) => Passes(top + Server);

    [Theory]
    [InlineData("+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1\n")]
    [InlineData("+0 send(4, ..., 100, MSG_NOSIGNAL) = 100\n* > P. 1:101(100) ack 1\n")]
    [InlineData("+0 sendto(4, ..., 100, 0, ..., ...) = 100\n+0~+.1 > P. 1:101(100) ack 1 win 65535\n")]
    [InlineData("+0 sendmsg(4, {msg_name(...)=..., msg_iov(2)=[{..., 60}, {..., 40}], msg_flags=0}, 0) = 100\n.1~.2 > P. 1:101(100) ack 1\n")]
    [InlineData("+0 writev(4, [{..., 60}, {..., 40}], 2) = 100\n+0 > P. 1:101(100) ack 1 <...>\n")]
    [InlineData("+0 fcntl(4, F_GETFL) = 0x2 (flags O_RDWR)\n+0 fcntl(4, F_SETFL, O_RDWR | O_NONBLOCK) = 0\n+0 read(4, ..., 10) = -1 EAGAIN (Resource temporarily unavailable)\n")]
    [InlineData("+0 poll([{fd=4, events=POLLIN | POLLOUT, revents=POLLOUT}], 1, 0) = 1\n")]
    [InlineData("+0 epoll_create(1) = 5\n+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLOUT|EPOLLET, fd=4}) = 0\n+0 epoll_wait(5, {events=EPOLLOUT, fd=4}, 1, 0) = 1\n+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0\n")]
    [InlineData("+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=5}, 8) = 0\n")]
    [InlineData("+0...0.050 read(4, ..., 10) = 10\n+.05 < P. 1:11(10) ack 1 win 100\n+0 > . 1:1(0) ack 11\n")]
    [InlineData("+0 ... 0.050 read(4, ..., 10) = 0\n+.05 < F. 1:1(0) ack 1 win 100\n+0 > . 1:1(0) ack 2\n")]
    [InlineData("+0 setsockopt(4, SOL_TCP, TCP_CORK, [1], 4) = 0\n+0 write(4, ..., 10) = 10\n+.1 setsockopt(4, SOL_TCP, TCP_CORK, [0], 4) = 0\n+0 > P. 1:11(10) ack 1\n")]
    [InlineData("+0 send(4, ..., 10, MSG_MORE) = 10\n+.1 send(4, ..., 10, 0) = 10\n+0 > P. 1:21(20) ack 1\n")]
    [InlineData("+0 setsockopt(4, SOL_SOCKET, SO_RCVTIMEO, {tv_sec=0, tv_usec=300000}, 16) = 0\n+0...0.300 read(4, ..., 10) = -1 EAGAIN (Resource temporarily unavailable)\n")]
    [InlineData("+0 setsockopt(4, SOL_SOCKET, SO_RCVTIMEO, [1], 16) = 0\n+0...0.100 read(4, ..., 10) = 10\n+.1 < P. 1:11(10) ack 1 win 100\n+0 > . 1:1(0) ack 11\n")]
    [InlineData("+0 setsockopt(4, SOL_SOCKET, SO_SNDTIMEO, {0, 100000}, 16) = 0\n+0 setsockopt(4, SOL_SOCKET, SO_SNDBUF, [5000], 4) = 0\n+0...0.100 write(4, ..., 6000) = 5000\n")]
    [InlineData("+0 write(4, NULL, 10) = -1 EFAULT (Bad address)\n+0 send(4, NULL, 10, 0) = -1 EFAULT (Bad address)\n+0 < P. 1:11(10) ack 1 win 100\n+0 read(4, NULL, 10) = -1 EFAULT (Bad address)\n+0 read(4, ..., 10) = 10\n")]
    [InlineData("+0 send(4, ..., 100, MSG_ZEROCOPY) = 100\n+0 > P. 1:101(100) ack 1\n")]
    [InlineData("+0 ioctl(4, SIOCINQ, [0]) = 0\n+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4]) = 0\n+0 close(4) = 0\n+0 close(4) = -1 EBADF (Bad file descriptor)\n")]
    public void Calls_are_made(string calls) => Passes(Server + calls);

    [Theory]
    [InlineData("assert tcpi_state == TCP_ESTABLISHED and tcpi_unacked == 0, tcpi_unacked")]
    [InlineData("assert 90000 < tcpi_rtt <= 110000\nassert tcpi_snd_cwnd == 10; assert abs(-2) == 2")]
    [InlineData("assert (tcpi_snd_cwnd + 2) * 3 // 5 % 4 == 3, \\\n  'cwnd %d' % tcpi_snd_cwnd")]
    [InlineData("assert not (tcpi_snd_cwnd in (1, 2, 3)) and tcpi_snd_cwnd not in [4]")]
    [InlineData("x = tcpi_snd_cwnd\nx += 1\nassert x == 11 if x > 3 else False # a comment")]
    [InlineData("assert max(3, tcpi_snd_cwnd) == 10 and min([7, 8]) == 7 and 2 ** 3 == 8 and 7 & 3 == 3 and 1 << 4 == 16")]
    [InlineData("assert tcpi_snd_ssthresh == TCP_INFINITE_SSTHRESH and tcpi_ca_state == TCP_CA_Open")]
    [InlineData("assert 'a %s' % 1 == 'a 1' and '{} b'.format(2) == '2 b' and True != False and None is None")]
    [InlineData("if tcpi_snd_cwnd != 10:\n  print 'odd'\n  assert False\nelif tcpi_unacked > 3: assert False\nelse:\n  x = 4\n  if x == 4: x = 5\n\nassert x == 5")]
    [InlineData("sum = 0\nfor i in range(2, 6):\n  if i % 2 == 0: continue_ = 1\n  sum += i\nassert sum == 14 and i == 5")]
    [InlineData("n = 3\nwhile n > 0: n -= 1\nassert n == 0\nfor x in [1, 2]:\n  for y in range(2):\n    n += x * y\nassert n == 3 and range(5, 0, -2) == [5, 3, 1]")]
    [InlineData("assert tcpi_last_data_recv == 100 and tcpi_last_ack_recv == 0 and tcpi_busy_time == 0 and tcpi_state == TCPI_ESTABLISHED")]
    [InlineData("assert 7 / 2 == 3.5 and -7 // 2 == -4 and -7 % 3 == 2 and ~1 == -2 and 0x10 == 16")]
    public void Assertions_are_worked_out_as_in_Python(string code) => Passes(Server + "+0 %{\n" + code + "\n}%\n");

    [Fact]
    public void An_assertion_that_fails_says_what_its_names_are_worth()
    {
        DrillResult result = DrillScript.Run(Server + "+0 %{\n\nassert tcpi_snd_cwnd == 9, 'cwnd is %d' % tcpi_snd_cwnd }%\n");

        Assert.Equal((DrillOutcome.Differs, 10), (result.Outcome, result.Line));
        Assert.Equal("the assertion does not hold: cwnd is 10", result.Message);
        Assert.Equal("tcpi_snd_cwnd = 10", result.Actual);
    }

    [Theory]
    [InlineData("+0 < icmp unreachable frag_needed mtu 1200 [1:1001(1000)]\n", "a packet of ICMP: the machine speaks TCP segments only")]
    [InlineData("+0 < udp (1000)\n", "a packet of UDP: the machine speaks TCP segments only")]
    [InlineData("+0 < S 0:0(0) win 1000 <mss 1460,FO abcd>\n", "the option 'FO': the machine has no Fast Open (RFC 7413)")]
    [InlineData("+0 setsockopt(4, SOL_TCP, TCP_MD5SIG, ..., ...) = 0\n", "the socket option TCP_MD5SIG: nothing here means the same")]
    [InlineData("+0 sendto(4, ..., 10, MSG_FASTOPEN, ..., ...) = 10\n", "MSG_FASTOPEN: the machine has no Fast Open (RFC 7413)")]
    [InlineData("+0 `iptables -A INPUT -j DROP`\n", "the command 'iptables' is not run")]
    [InlineData("+0 `sysctl net.ipv4.tcp_congestion_control=dctcp`\n", "the congestion control 'dctcp': the machine has cubic, reno and bbr")]
    [InlineData("+0 `sysctl net.ipv4.tcp_early_retrans=0`\n+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n+.3 > P. 1:11(10) ack 1\n", "sysctl net.ipv4.tcp_early_retrans=0: tail loss probes (RFC 8985) are always sent")]
    [InlineData("+0 `tc qdisc add dev tun0 root pfifo limit 0`\n", "tc … limit 0: whatever the machine sends leaves it")]
    [InlineData("+0 `nstat | grep TcpExtBeyondWindow | grep -q ' 1 '`\n", "nstat: the machine keeps none of a kernel's counters")]
    [InlineData("+0 send(4, ..., 10, MSG_EOR) = 10\n", "MSG_EOR: the machine keeps no bounds of records")]
    [InlineData("+0 setsockopt(3, SOL_TCP, TCP_DEFER_ACCEPT, [1], 4) = 0\n", "the socket option TCP_DEFER_ACCEPT: nothing here means the same")]
    [InlineData("+0 `sysctl net.ipv4.tcp_made_up=1`\n", "sysctl net.ipv4.tcp_made_up: nothing here means the same")]
    [InlineData("+0 %{ def f(): pass }%\n", "'def' in an assertion: of Python, only assert, print, if, for, while and assignments are spoken")]
    [InlineData("+0 %{ assert tcpi_made_up == 1 }%\n", "'tcpi_made_up' in an assertion: the machine has nothing of that name")]
    [InlineData("+0 splice(4, 5) = 0\n", "the system call splice()")]
    public void What_cannot_be_expressed_is_said_with_line_and_reason(string line, string reason)
    {
        DrillResult result = DrillScript.Run(Server + line);

        Assert.Equal((DrillOutcome.CannotExpress, 8, reason), (result.Outcome, result.Line, result.Message));
    }

    [Theory]
    [InlineData("+0 `sysctl net.inet.tcp.insecure_rst=1`\n+0 < R 1:1(0) win 100\n+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0\n")]
    [InlineData("+0 `sysctl net.ipv4.tcp_early_retrans=0`\n+0 `sysctl net.ipv4.tcp_early_retrans=3`\n+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n")]
    public void What_is_otherwise_here_is_borne_where_nothing_depends_on_it(string lines) => Passes(Server + lines);

    [Fact]
    public void What_is_no_longer_asked_for_explains_no_difference()
    {
        DrillResult result = DrillScript.Run(Server + "+0 `sysctl net.ipv4.tcp_dsack=0`\n+0 `sysctl net.ipv4.tcp_dsack=1`\n+0 write(4, ..., 10) = 11\n");

        Assert.Equal((DrillOutcome.Differs, 10, "write() returned 10"), (result.Outcome, result.Line, result.Message));
    }

    [Fact]
    public void An_assertion_without_an_end_is_ended()
    {
        DrillResult result = DrillScript.Run(Server + "+0 %{ while True: pass }%\n");

        Assert.Equal((DrillOutcome.Differs, "the assertion does not hold: assertions of more than 1000000 steps"), (result.Outcome, result.Message));
    }

    [Theory]
    [InlineData("+0 < X 0:0(0) win 1\n", "'X' are no flags: S F R P . U E W A, a digit for the three ECN bits, or - are")]
    [InlineData("+0 < . 1:11(11) ack 1\n", "1:11 are 10 bytes, not 11")]
    [InlineData("+0 < . 1:11(10) win 1\n", "a segment with ACK needs 'ack' and a number")]
    [InlineData("+0 < S 0:0(0) win 70000\n", "win is 0 to 65535, not 70000")]
    [InlineData("+0 < S 0:0(0) win 1 <mss 1460,oddity 3>\n", "'oddity' is no option; mss, wscale, sackOK, sack, TS, ECN, nop and eol are")]
    [InlineData("+0 < S 0:0(0) win 1 <...>\n", "'<...>' says nothing that could be sent")]
    [InlineData("+0 write(4, ..., 10)\n", "'=' is expected, not the end of the script")]
    [InlineData("+0 write(4, ..., 10) = \n", "an argument is expected, not the end of the script")]
    [InlineData("+0 /* no end\n", "a comment has no end: '*/' is missing")]
    [InlineData("+0 %{ assert (1 }%\n", "',' is expected in an assertion, not 'its end'")]
    [InlineData("+.5~+.1 > . 1:1(0) ack 1\n", "a range of time ends before it begins")]
    [InlineData("99999999999999999999 > . 1:1(0) ack 1\n", "the time 99999999999999999999 is more than 10000000 seconds")]
    public void What_is_no_script_is_said_with_line_and_reason(string line, string reason)
    {
        DrillResult result = DrillScript.Run(Server + line);

        Assert.Equal(DrillOutcome.CannotExpress, result.Outcome);
        Assert.Equal(reason, result.Message);
        Assert.InRange(result.Line, 8, 9);
    }

    [Theory]
    [InlineData("+0 write(4, ..., 100) = 100\n+0 > . 1:101(100) ack 1\n", "flags P. instead of .")]
    [InlineData("+0 write(4, ..., 100) = 100\n+0 > P. 2:102(100) ack 1\n", "sequence number 1 instead of 2")]
    [InlineData("+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 2\n", "ack 1 instead of 2")]
    [InlineData("+0 write(4, ..., 100) = 100\n+0 > P. 1:91(90) ack 1\n", "100 bytes instead of 90")]
    [InlineData("+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1 win 0\n", "win 65535 instead of 0: a window that is open")]
    [InlineData("+0 write(4, ..., 3000) = 3000\n+0 > P. 1:1001(1000) ack 1\n+0 > P. 1001:2001(1000) ack 1\n+0 > . 2001:3001(1000) ack 1\n", "flags P. instead of .")]
    [InlineData("+0 write(4, ..., 100) = 100\n+0 > [ect0] P. 1:101(100) ack 1\n", "the IP header says NotEct instead of Ect0")]
    [InlineData("+0 write(4, ..., 100) = 100\n+.1 > P. 1:101(100) ack 1\n", "sent at 0.100000 s instead of 0.200000 s")]
    [InlineData("+0 < . 11:21(10) ack 1 win 1\n+0 > . 1:1(0) ack 1 <nop,nop,sack 11:22>\n", "option sack 11:21 instead of sack 11:22")]
    [InlineData("+0 < . 11:21(10) ack 1 win 1\n+0 > . 1:1(0) ack 1\n", "option sack 11:21, which is not expected")]
    [InlineData("+0 < . 1:11(10) ack 1 win 1\n+0 > . 1:1(0) ack 11 <TS val 1 ecr 1>\n", "no option TS val 1 ecr 1")]
    [InlineData("+.1 > . 1:1(0) ack 1\n", "nothing was sent by 0.200000 s")]
    [InlineData("+0 read(4, ..., 10) = 3\n", "read() returned -1 EAGAIN")]
    [InlineData("+0 write(4, ..., 10) = -1 EPIPE (Broken pipe)\n", "write() returned 10")]
    [InlineData("+0...0.1 read(4, ..., 10) = 10\n", "read() still waits at 0.204000 s")]
    public void A_difference_says_what_and_where(string lines, string message)
    {
        DrillResult result = DrillScript.Run(Server + lines);

        Assert.Equal((DrillOutcome.Differs, message), (result.Outcome, result.Message));
        Assert.NotEmpty(result.Steps);
    }

    [Theory]
    [InlineData("+0 write(4, ..., 3000) = 3000\n+0 > . 1:1501(1500) ack 1\n+0 > . 1501:3001(1500) ack 1\n")]
    [InlineData("+0 write(4, ..., 1000) = 1000\n+0 > . 1:401(400) ack 1\n+0 > P. 401:1001(600) ack 1\n")]
    [InlineData("+0 < . 1:1001(1000) ack 1 win 65535\n+0 < . 1001:2001(1000) ack 1 win 65535\n+.04 > . 1:1(0) ack 2001\n")]
    public void Leniently_cuts_and_acknowledgments_may_be_others(string lines)
    {
        Assert.Equal(DrillOutcome.Differs, DrillScript.Run(Server + lines).Outcome);
        Assert.Equal(DrillOutcome.Passes, DrillScript.Run(Server + lines, new DrillSettings { Lenient = true }).Outcome);
    }

    [Theory]
    [InlineData("+0 write(4, ..., 3000) = 3000\n+0 > . 1:1001(1000) ack 1\n+0 > . 2001:3001(1000) ack 1\n")]
    [InlineData("+0 < . 1:1001(1000) ack 1 win 65535\n+0 > . 1:1(0) ack 2001\n")]
    [InlineData("+0 write(4, ..., 100) = 100\n+.1 > P. 1:101(100) ack 1\n")]
    public void Leniently_numbers_and_times_of_data_still_count(string lines) =>
        Assert.Equal(DrillOutcome.Differs, DrillScript.Run(Server + lines, new DrillSettings { Lenient = true }).Outcome);

    [Fact]
    public void The_tolerance_is_the_callers_before_the_scripts()
    {
        string script = "--tolerance_usecs=1000\n" + Server + "+0 write(4, ..., 100) = 100\n+.003 > P. 1:101(100) ack 1\n";

        Assert.Equal(DrillOutcome.Differs, DrillScript.Run(script).Outcome);
        Assert.Equal(DrillOutcome.Passes, DrillScript.Run(script, new DrillSettings { Tolerance = TimeSpan.FromMilliseconds(5) }).Outcome);
    }

    [Theory]
    [InlineData(DrillSystem.Linux, 10)]
    [InlineData(DrillSystem.FreeBsd, 10_000)]
    public void Windows_are_counted_as_the_system_does(DrillSystem like, int window) =>
        Assert.Equal(DrillOutcome.Passes, DrillScript.Run(Server + $"+0 %{{ assert tcpi_snd_cwnd == {window}, tcpi_snd_cwnd }}%", new DrillSettings { Like = like }).Outcome);

    [Fact]
    public void A_comment_behind_a_packet_is_no_part_of_it()
    {
        DrillResult result = DrillScript.Run(Server + "+0 > P. 1:11(10) ack 1 // not sent\n");

        Assert.Equal("P. 1:11(10) ack 1", result.Expected);
    }

    private static void Passes(string script)
    {
        DrillResult result = DrillScript.Run(script);

        Assert.True(result.Outcome == DrillOutcome.Passes, $"line {result.Line}: {result.Message}; actual {result.Actual}");
    }
}
