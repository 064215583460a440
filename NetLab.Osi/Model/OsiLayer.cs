namespace NetLab.Osi.Model;

/// <summary>The seven layers of the OSI reference model (ISO/IEC 7498-1).</summary>
public enum OsiLayer : byte
{
    /// <summary>Layer 1: what the medium carried; derived from the capture, never decoded.</summary>
    Physical = 1,

    /// <summary>Layer 2: one hop.</summary>
    DataLink = 2,

    /// <summary>Layer 3: from host to host.</summary>
    Network = 3,

    /// <summary>Layer 4: from program to program.</summary>
    Transport = 4,

    /// <summary>Layer 5: the life of a conversation.</summary>
    Session = 5,

    /// <summary>Layer 6: how data is represented.</summary>
    Presentation = 6,

    /// <summary>Layer 7: what the application says.</summary>
    Application = 7,
}
