using System.Globalization;
using NetLab.Host.Names;

namespace NetLab.Host.Tests.Names;

/// <summary>
/// Questions with octets changed, added and cut off, by the ten thousand, and by the million with NETLAB_FUZZ=1000000: nothing is thrown, no
/// answer is longer than its receiver takes or than ours may be, each is a message, and a reader of answers bears them changed, too.
/// NETLAB_FUZZ_SEED repeats a run.
/// </summary>
public sealed class MutatedQueryTests
{
    private static int Inputs => FromEnvironment("NETLAB_FUZZ", 50_000);

    private static int Seed => FromEnvironment("NETLAB_FUZZ_SEED", 1);

    [Fact]
    public void Nothing_a_question_may_be_harms_the_server()
    {
        var random = new Random(Seed);
        var responder = new DnsResponder(ZoneFile.Read(LabZone.Text));
        string[] names = ["www.lab.test", "alias.lab.test", "long.lab.test", "longer.lab.test", "x.sub.lab.test", "nope.lab.test", "a.wild.lab.test", "loop.lab.test", "2.0.0.127.in-addr.arpa"];
        string[] types = ["A", "AAAA", "TXT", "ANY", "SOA", "SRV", "OPT", "AXFR"];
        byte[] answer = new byte[DnsResponder.MaxMessage];
        long answered = 0;
        for (int i = 0; i < Inputs; i++)
        {
            byte[] query = Mutate(DnsAsk.Query(names[random.Next(names.Length)], types[random.Next(types.Length)], random.Next(2) == 0 ? null : random.Next(65_536)), random);
            bool isStream = random.Next(4) == 0;
            int length;
            try
            {
                length = responder.Answer(query, answer, isStream);
                DnsAnswer.Read(Mutate(answer[..length], random));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"NETLAB_FUZZ_SEED={Seed}, input {i}, {Convert.ToHexString(query)}: {error.Message}", error);
            }

            Assert.True(length <= (isStream ? DnsResponder.MaxMessage : Edns.MaxSize));
            Assert.True(length == 0 || DnsAnswer.Read(answer.AsSpan(0, length)) is not null, Convert.ToHexString(query));

            // Who does not say that he takes more gets no more.
            bool saysMore = DnsQuery.TryRead(query, out DnsQuery read) && read.Edns is not null;
            Assert.True(isStream || saysMore || length <= Edns.MinSize, Convert.ToHexString(query));
            answered += length > 0 ? 1 : 0;
        }

        // What was changed is not so much changed that nothing is left to answer.
        Assert.InRange(answered, Inputs / 4, Inputs);
    }

    private static byte[] Mutate(byte[] message, Random random)
    {
        List<byte> bytes = [.. message];
        for (int changes = random.Next(4); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(Math.Min(8, bytes.Count - at + 1)));
                    break;
                case 4:
                    // A pointer, to anywhere.
                    bytes[at] = (byte)(0xC0 | random.Next(64));
                    break;
                default:
                    bytes.AddRange(bytes.Skip(at).ToArray());
                    break;
            }
        }

        return [.. bytes];
    }

    private static int FromEnvironment(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
