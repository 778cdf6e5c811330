using Akka.Configuration;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>How the messages between engines reach other nodes. The settings are of the whole node.</summary>
/// <param name="Hostname">The name or address to listen on, or empty for where the actor system's remoting listens.</param>
/// <param name="PortOffset">Raft's port of a node is the port of its address plus this.</param>
/// <param name="FrameSizeMaxBytes">The largest message of a connection. A larger one is dropped.</param>
/// <param name="QueueSizeMaxBytes">The most bytes that wait for one node. Messages above it are dropped.</param>
internal sealed record TransportSettings(string Hostname, int PortOffset, int FrameSizeMaxBytes, int QueueSizeMaxBytes)
{
    /// <summary>The name of a node is its address, and its actor system needs no remoting.</summary>
    public bool IsAtName { get; init; }

    /// <summary>Raft listens on the port of the node's address, and the remoting elsewhere.</summary>
    public bool IsAtAddress => PortOffset == 0;

    /// <summary>Unencrypted connections are allowed beside an encrypted remoting.</summary>
    public bool IsUnencrypted { get; init; }

    /// <summary>The most bytes that wait for all clients together. A single message always fits.</summary>
    public int ReplySizeMaxBytes => Math.Max(QueueSizeMaxBytes / 4, FrameSizeMaxBytes);

    /// <summary>Akka.Cluster knows the nodes. Any program may join it, so only the role in a certificate makes a node.</summary>
    public bool IsOfCluster { get; init; }

    /// <param name="raft">The configuration of <c>raft</c>.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static TransportSettings Read(Config raft) => new(
        raft.ReadText("transport-tcp.hostname"),
        raft.ReadText("address") == "node" ? 0 : raft.ReadNumber("transport-tcp.port-offset"),
        (int)raft.ReadSize("transport-tcp.frame-size-max"),
        (int)raft.ReadSize("transport-tcp.queue-size-max"))
    {
        IsAtName = raft.ReadText("address") == "node",
        IsUnencrypted = raft.ReadFlag("transport-tcp.unencrypted"),
        IsOfCluster = raft.ReadText("discovery") == "cluster",
    };

    /// <exception cref="RaftConfigurationException">The settings do not go with those of <c>raft.security</c>.</exception>
    public void DemandAgreement(SecuritySettings security, bool isByNames)
    {
        Demand(
            !IsAtAddress || isByNames,
            "raft.transport-tcp.port-offset is 0, so raft has the port of the node's address, and raft.discovery is cluster. A cluster "
            + "needs the remoting there: use another offset, the same on all nodes.");
        Demand(
            !security.IsOn || isByNames || security.Roles.Nodes.Length > 0,
            "raft.security.tls is set, raft.discovery is cluster, and raft.security.roles.node is empty. Name the nodes there: any program "
            + "may join a cluster.");
    }

    /// <summary>Returns raft's port of a node whose address, or whose remoting, has this port.</summary>
    /// <exception cref="RaftConfigurationException">There is no such port.</exception>
    public int PortBeside(int port)
    {
        var sum = port + PortOffset;
        Demand(
            sum <= ushort.MaxValue,
            $"Raft's port beside port {port} would be {sum}, because raft.transport-tcp.port-offset is {PortOffset}; the highest port is "
            + $"{ushort.MaxValue}. Give the node a lower port, or use a lower offset on all nodes.");
        return sum;
    }
}
