namespace NetLab.Osi.Filters;

/// <summary>A filter expression that makes no sense.</summary>
public sealed class DisplayFilterException : FormatException
{
    /// <summary>Makes one.</summary>
    /// <param name="position">Where in the expression, from 0.</param>
    /// <param name="message">What is wrong there, in one line.</param>
    public DisplayFilterException(int position, string message)
        : base(message) => Position = position;

    /// <summary>Makes one without a place.</summary>
    public DisplayFilterException()
    {
    }

    /// <summary>Makes one without a place.</summary>
    public DisplayFilterException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one without a place.</summary>
    public DisplayFilterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Where in the expression it is wrong, from 0.</summary>
    public int Position { get; }
}
