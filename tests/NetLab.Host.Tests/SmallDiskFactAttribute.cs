namespace NetLab.Host.Tests;

/// <summary>A test that fills a disk, for which it mounts one of its own.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (!SmallDisk.MayMount())
        {
            Skip = "needs the right to mount a file system";
        }
    }
}
