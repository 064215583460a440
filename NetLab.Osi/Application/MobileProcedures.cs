namespace NetLab.Osi.Application;

/// <summary>Names of the procedures of S1AP, X2AP and NGAP, as 3GPP numbers them.</summary>
internal static class MobileProcedures
{
    // TS 38.413, 9.4.7.
    private static readonly string[] Ngap =
    [
        "AMF configuration update", "AMF status indication", "cell traffic trace", "deactivate trace", "downlink NAS transport",
        "downlink non-UE NRPPa transport", "downlink RAN configuration transfer", "downlink RAN status transfer", "downlink UE NRPPa transport",
        "error indication", "handover cancel", "handover notification", "handover preparation", "handover resource allocation",
        "initial context setup", "initial UE message", "location reporting control", "location reporting failure indication", "location report",
        "NAS non delivery indication", "NG reset", "NG setup", "overload start", "overload stop", "paging", "path switch request",
        "PDU session resource modify", "PDU session resource modify indication", "PDU session resource release", "PDU session resource setup",
        "PDU session resource notify", "private message", "PWS cancel", "PWS failure indication", "PWS restart indication",
        "RAN configuration update", "reroute NAS request", "RRC inactive transition report", "trace failure indication", "trace start",
        "UE context modification", "UE context release", "UE context release request", "UE radio capability check", "UE radio capability information",
        "UE TNLA binding release", "uplink NAS transport", "uplink non-UE NRPPa transport", "uplink RAN configuration transfer",
        "uplink RAN status transfer", "uplink UE NRPPa transport", "write-replace warning", "secondary RAT data usage report",
        "uplink RIM information transfer", "downlink RIM information transfer", "retrieve UE information", "UE information transfer",
        "RAN CP relocation indication", "UE context resume", "UE context suspend", "UE radio capability ID mapping", "handover success",
        "uplink RAN early status transfer", "downlink RAN early status transfer", "AMF CP relocation indication",
        "connection establishment indication", "broadcast session modification", "broadcast session release", "broadcast session setup",
        "distribution setup", "distribution release", "multicast session activation", "multicast session deactivation", "multicast session update",
        "multicast group paging", "broadcast session release required",
    ];

    // TS 36.413, 9.3.7.
    private static readonly string[] S1ap =
    [
        "handover preparation", "handover resource allocation", "handover notification", "path switch request", "handover cancel", "E-RAB setup",
        "E-RAB modify", "E-RAB release", "E-RAB release indication", "initial context setup", "paging", "downlink NAS transport",
        "initial UE message", "uplink NAS transport", "reset", "error indication", "NAS non delivery indication", "S1 setup",
        "UE context release request", "downlink CDMA2000 tunnelling", "uplink CDMA2000 tunnelling", "UE context modification",
        "UE capability information", "UE context release", "eNB status transfer", "MME status transfer", "deactivate trace", "trace start",
        "trace failure indication", "eNB configuration update", "MME configuration update", "location reporting control",
        "location reporting failure indication", "location report", "overload start", "overload stop", "write-replace warning",
        "eNB direct information transfer", "MME direct information transfer", "private message", "eNB configuration transfer",
        "MME configuration transfer", "cell traffic trace", "kill", "downlink UE LPPa transport", "uplink UE LPPa transport",
        "downlink non-UE LPPa transport", "uplink non-UE LPPa transport", "UE radio capability match", "PWS restart indication",
        "E-RAB modification indication", "PWS failure indication", "reroute NAS request", "UE context modification indication",
        "connection establishment indication", "UE context suspend", "UE context resume", "NAS delivery indication", "retrieve UE information",
        "UE information transfer", "eNB CP relocation indication", "MME CP relocation indication", "secondary RAT data usage report",
        "UE radio capability ID mapping", "handover success", "eNB early status transfer", "MME early status transfer",
    ];

    // TS 36.423, 9.3.7.
    private static readonly string[] X2ap =
    [
        "handover preparation", "handover cancel", "load indication", "error indication", "SN status transfer", "UE context release", "X2 setup",
        "reset", "eNB configuration update", "resource status reporting initiation", "resource status reporting", "private message", "mobility settings change",
        "radio link failure indication", "handover report", "cell activation", "X2 release", "X2AP message transfer", "X2 removal",
        "SeNB addition preparation", "SeNB reconfiguration completion", "MeNB initiated SeNB modification preparation",
        "SeNB initiated SeNB modification", "MeNB initiated SeNB release", "SeNB initiated SeNB release", "SeNB counter check", "retrieve UE context",
        "SgNB addition preparation", "SgNB reconfiguration completion", "MeNB initiated SgNB modification preparation",
        "SgNB initiated SgNB modification", "MeNB initiated SgNB release", "SgNB initiated SgNB release", "SgNB counter check", "SgNB change",
        "RRC transfer", "EN-DC X2 setup", "EN-DC configuration update", "secondary RAT data usage report", "EN-DC cell activation",
        "EN-DC partial reset", "E-UTRA and NR cell resource coordination", "SgNB activity notification", "EN-DC X2 removal",
        "data forwarding address indication", "gNB status indication", "deactivate trace", "trace start", "EN-DC configuration transfer",
        "handover success", "conditional handover cancel", "early status transfer", "cell traffic trace", "EN-DC resource status reporting",
        "EN-DC resource status reporting initiation", "F1-C traffic transfer", "UE radio capability ID mapping", "access and mobility indication",
        "MIMO resource block usage", "conditional cell change cancel",
    ];

    /// <summary>A procedure of NGAP; null if the number is not assigned.</summary>
    public static string? NgapName(long code) => NameOf(Ngap, code);

    /// <summary>A procedure of S1AP; null if the number is not assigned.</summary>
    public static string? S1apName(long code) => NameOf(S1ap, code);

    /// <summary>A procedure of X2AP; null if the number is not assigned.</summary>
    public static string? X2apName(long code) => NameOf(X2ap, code);

    private static string? NameOf(string[] names, long code) => code >= 0 && code < names.Length ? names[code] : null;
}
