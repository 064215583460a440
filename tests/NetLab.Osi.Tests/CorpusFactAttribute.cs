namespace NetLab.Osi.Tests;

/// <summary>A test over other people's captures, skipped where they are not.</summary>
public sealed class CorpusFactAttribute : FactAttribute
{
    public CorpusFactAttribute()
    {
        if (Folders.Corpus is null)
        {
            Skip = "needs the corpus of captures in ../shared/corpus beside the project";
        }
    }
}
