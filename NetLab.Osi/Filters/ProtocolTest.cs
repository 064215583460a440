namespace NetLab.Osi.Filters;

/// <summary>Whether a protocol is there.</summary>
internal sealed class ProtocolTest(ProtocolOperand protocol) : FilterTest
{
    public override bool Matches(in FilterContext context) => protocol.Exists(context);
}
