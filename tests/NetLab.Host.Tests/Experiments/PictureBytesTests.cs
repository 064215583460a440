using NetLab.Host.Experiments;
using NetLab.Host.Experiments.Course;

namespace NetLab.Host.Tests.Experiments;

/// <summary>A lesson's pictures are the same to the byte on another machine: one with an older processor, another language and another place on Earth.</summary>
public sealed class PictureBytesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-pictures-");

    public void Dispose() => _folder.Delete(recursive: true);

    // Powers, roots, logarithms and noise are what a processor or a C library could do in its own way.
    [Theory]
    [InlineData("three-repairs")]
    [InlineData("dns")]
    public async Task Pictures_do_not_depend_on_processor_language_and_time_zone(string name)
    {
        ExperimentResult here = ExperimentRunner.Run(ExperimentCatalog.Find(name)!, 3);
        Nlab.Ended ended = await Nlab.RunWith(
            new Dictionary<string, string>
            {
                ["DOTNET_EnableAVX"] = "0",
                ["DOTNET_EnableAVX2"] = "0",
                ["GLIBC_TUNABLES"] = "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F,-ERMS",
                ["LC_ALL"] = "de_DE.UTF-8",
                ["LANG"] = "de_DE.UTF-8",
                ["TZ"] = "Asia/Tokyo",
            },
            "lab", name, "--seed", "3", "--out", _folder.FullName);
        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.NotEmpty(here.Pictures);
        foreach (Picture picture in here.Pictures)
        {
            string there = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, $"{name}-{picture.Name}.svg"));
            Assert.Equal(picture.Figure.ToSvg(), there);
        }
    }
}
