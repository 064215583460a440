namespace NetLab.Osi.Tests;

/// <summary>A test over other people's captures that another program judges; skipped where either is not.</summary>
public sealed class JudgedFactAttribute : FactAttribute
{
    public JudgedFactAttribute(string program)
    {
        bool isThere = program == "tshark" ? OtherTools.HasTshark : OtherTools.HasPython;
        Skip = Folders.Corpus is null ? "needs the corpus of captures in ../shared/corpus beside the project" : isThere ? null : $"needs {program}";
    }
}
