using System.Security.Cryptography;
using NetLab.Osi.Presentation;

namespace NetLab.Osi.Tests.Presentation;

/// <summary>The sum that can be copied is the system's.</summary>
public sealed class CopyableSha256Tests
{
    private const int Seed = 5;

    [Fact]
    public void It_gives_the_systems_sum_whatever_the_length_and_the_parts()
    {
        var random = new Random(Seed);
        for (int length = 0; length < 300; length++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            var sum = new CopyableSha256();
            for (int at = 0; at < length;)
            {
                int step = Math.Min(length - at, random.Next(0, 100));
                sum.Append(bytes.AsSpan(at, step));
                at += step;
            }

            Assert.Equal(SHA256.HashData(bytes), sum.Finish());
        }
    }
}
