namespace RaftActors.Hosting;

/// <summary>
/// The settings of one group, for <c>WithRaftActor</c>. As a part of <see cref="RaftNodeOptions"/> they are those of all groups that set no
/// others. An unset option leaves the choice to <see cref="Hocon"/>, then to the HOCON of the actor system, then to the default.
/// docs/configuration.md has the setting of each option, with its default and bounds, and reference.conf describes it at length.
/// </summary>
public record RaftGroupOptions
{
    /// <summary>
    /// The nodes that found the groups, such as <c>10.0.0.1:2551</c>, the same on all nodes. A group has a process on each of them. If
    /// empty, the HOCON or the actor's <see cref="RaftOptions{TValue}"/> has them.
    /// </summary>
    [Setting("raft.nodes")]
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>
    /// In place of <see cref="Nodes"/>, for actors with different names: the full names of all processes that found the group, such as
    /// <c>raft1@10.0.0.1:2551</c>, the same on all nodes.
    /// </summary>
    [Setting("raft.roster")]
    public IReadOnlyList<string> Roster { get; init; } = [];

    /// <summary>How this node comes to groups that were founded without it.</summary>
    [Setting("raft.joining")]
    public RaftJoining? Joining { get; init; }

    /// <summary>
    /// The directory for term, vote, log and snapshots. It is created if it does not exist. A relative path begins at the current
    /// directory. By default everything is in memory.
    /// </summary>
    [Setting("raft.store.directory")]
    public string? StoreDirectory { get; init; }

    /// <summary>The highest number of voters of a group that is founded: 3, 5, 7, 9 or 11. By default the nodes decide.</summary>
    [Setting("raft.quorum.max")]
    public int? MaxQuorum { get; init; }

    /// <summary>A group may have one or two nodes, although such a group survives no failure.</summary>
    [Setting("raft.quorum.allow-fewer-than-three")]
    public bool? AllowFewerThanThree { get; init; }

    /// <summary>
    /// The shortest time without a leader after which a voter campaigns. The longest is twice as long. Heartbeats and ticks follow it,
    /// with the ratios of the defaults.
    /// </summary>
    [Setting("raft.election-timeout.min")]
    [Setting("raft.election-timeout.max", 2)]
    [Setting("raft.heartbeat-interval", 0.25)]
    [Setting("raft.tick-interval", 0.05)]
    public TimeSpan? ElectionTimeout { get; init; }

    /// <summary>The time of silence after which the leader replaces a voter.</summary>
    [Setting("raft.quorum.gone-after")]
    public TimeSpan? VoterGoneAfter { get; init; }

    /// <summary>The time of silence after which the leader removes a learner. By default it removes none.</summary>
    [Setting("raft.quorum.remove-after")]
    public TimeSpan? MemberRemovedAfter { get; init; }

    /// <summary>Among voters that have the whole log, the leadership goes to one of the highest number.</summary>
    [Setting("raft.priority")]
    public int? Priority { get; init; }

    /// <summary>The time limit of an Append that gives none.</summary>
    [Setting("raft.append-timeout")]
    public TimeSpan? AppendTimeout { get; init; }

    /// <summary>The time limit of a Get or Query that gives none.</summary>
    [Setting("raft.get-timeout")]
    [Setting("raft.query-timeout")]
    public TimeSpan? ReadTimeout { get; init; }

    /// <summary>The time limit of a change of members or of the leadership that gives none.</summary>
    [Setting("raft.change-timeout")]
    public TimeSpan? ChangeTimeout { get; init; }

    /// <summary>The entries after which a snapshot is taken.</summary>
    [Setting("raft.snapshot.after-entries")]
    public int? SnapshotAfterEntries { get; init; }

    /// <summary>The bytes of pairs after which a snapshot is taken.</summary>
    [Setting("raft.snapshot.after-bytes")]
    public long? SnapshotAfterBytes { get; init; }

    /// <summary>A query with <see cref="ReadConsistency.Lease"/> costs no round of messages, if the clocks run evenly.</summary>
    [Setting("raft.lease.enabled")]
    public bool? LeaseEnabled { get; init; }

    /// <summary>
    /// HOCON for every other setting, such as <c>raft.in-flight.messages-max = 64</c>. Set options override it. For a group it sets
    /// <c>raft</c> alone.
    /// </summary>
    public string? Hocon { get; init; }
}

/// <summary>The settings of a node, and of all its groups. A configuration has times as <c>00:00:01.5</c>.</summary>
public sealed record RaftNodeOptions : RaftGroupOptions
{
    internal const string Section = "RaftActors";

    /// <summary>
    /// The name of this node in the names of its processes. Default: its address, <c>host:port</c>, from the remoting. If neither
    /// <c>WithRemoting</c> nor <c>WithClustering</c> was called before, set it to <c>host:port</c>, or <c>:port</c> for 127.0.0.1: then
    /// WithRaft also starts Akka.Remote at this address.
    /// </summary>
    [Setting("raft.node")]
    public string? Node { get; init; }

    /// <summary>
    /// The names of the nodes that shards move to, the same on all nodes. <see cref="RaftGroupOptions.Nodes"/> keeps the
    /// founders. Default: the founders.
    /// </summary>
    [Setting("raft.shard-nodes")]
    public IReadOnlyList<string> ShardNodes { get; init; } = [];

    /// <summary>
    /// Nodes to ask, as <c>host:port</c>, for a node that <see cref="RaftGroupOptions.Nodes"/> lacks: one that joins, or one that has only
    /// clients. Default: none. A member of an Akka.Cluster needs none.
    /// </summary>
    [Setting("raft.contacts")]
    [Setting("raft.client.contacts")]
    public IReadOnlyList<string> Contacts { get; init; } = [];

    /// <summary>The rack or zone of this node, over which the leader spreads the voters. At most 100 characters.</summary>
    [Setting("raft.failure-domain")]
    public string? FailureDomain { get; init; }

    /// <summary>Encryption and authentication of raft's messages. Default: none.</summary>
    public RaftSecurityOptions Security { get; init; } = new();

    /// <summary>
    /// For <c>WithRaftCoordination</c>: the session of a node expires after this time without a renewal. The node renews it six times as
    /// often.
    /// </summary>
    [Setting("raft-coordination.session-timeout")]
    [Setting("raft-coordination.renew-interval", 1.0 / 6)]
    public TimeSpan? SessionTimeout { get; init; }

    /// <summary>For <c>WithRaftBootstrap</c>: a member downs itself if the group has not confirmed it for this time.</summary>
    [Setting("raft-coordination.member-timeout")]
    public TimeSpan? MemberTimeout { get; init; }

    /// <summary>
    /// For <c>WithRaftDowning</c>: a node with unreachable members downs itself after this time without an answer of the group. After a
    /// tenth of it, a side proposes to down the members that it cannot reach. At least 5 s.
    /// </summary>
    [Setting("raft-coordination.downing.down-self-after")]
    [Setting("raft-coordination.downing.stable-after", 0.1)]
    public TimeSpan? DownAfter { get; init; }
}

/// <summary>
/// How raft's own connections are protected: by certificates, on every node. docs/security.md shows it. The remoting has keys of its own.
/// </summary>
public sealed record RaftSecurityOptions
{
    /// <summary>A file with this node's certificate, PEM or PFX.</summary>
    [Setting("raft.security.tls.certificate")]
    public string? Certificate { get; init; }

    /// <summary>The PEM file with the private key. Default: in <see cref="Certificate"/>.</summary>
    [Setting("raft.security.tls.key")]
    public string? Key { get; init; }

    /// <summary>The password of a PFX file or an encrypted key. Default: none.</summary>
    [Setting("raft.security.tls.password")]
    public string? Password { get; init; }

    /// <summary>The PEM file with the roots that sign the certificates. Needed with <see cref="Certificate"/>.</summary>
    [Setting("raft.security.tls.ca")]
    public string? Ca { get; init; }

    /// <summary>If not empty, only these public keys are accepted: SHA-256 of the key, as base64.</summary>
    [Setting("raft.security.tls.pins")]
    public IReadOnlyList<string> Pins { get; init; } = [];

    /// <summary>The names in certificates of nodes. If empty, with node names those that groups name.</summary>
    [Setting("raft.security.roles.node")]
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>The names in certificates that may change members.</summary>
    [Setting("raft.security.roles.operator")]
    public IReadOnlyList<string> Operators { get; init; } = [];

    /// <summary>The names in certificates that may append and read.</summary>
    [Setting("raft.security.roles.writer")]
    public IReadOnlyList<string> Writers { get; init; } = [];

    /// <summary>The names in certificates that may read.</summary>
    [Setting("raft.security.roles.reader")]
    public IReadOnlyList<string> Readers { get; init; } = [];

    /// <summary>Leaves the password out, because programs log their options.</summary>
    public override string ToString() => $"{nameof(RaftSecurityOptions)} {{ {nameof(Certificate)} = {Certificate} }}";
}

/// <summary>Names the setting that an option sets.</summary>
/// <param name="factor">The part of the option, a time, that the setting gets.</param>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
internal sealed class SettingAttribute(string name, double factor = 1) : Attribute
{
    public string Name => name;

    public double Factor => factor;
}
