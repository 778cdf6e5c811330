namespace RaftActors.Hosting;

/// <summary>
/// The settings of a node that an application needs first. An unset option leaves the choice to <see cref="Hocon"/>, then to the HOCON of
/// the actor system, then to the default. reference.conf of RaftActors describes each setting at length. The start of the host fails with a
/// <see cref="RaftStartException"/> if an option is wrong.
/// </summary>
public sealed class RaftNodeOptions
{
    internal const string Section = "RaftActors";

    /// <summary>
    /// The name of this node in the names of its processes. Default: its address, <c>host:port</c>, from the remoting. If neither
    /// <c>WithRemoting</c> nor <c>WithClustering</c> was called before, set it to <c>host:port</c>, or <c>:port</c> for 127.0.0.1: then
    /// WithRaft also starts Akka.Remote at this address. Sets <c>raft.node</c>.
    /// </summary>
    public string? Node { get; set; }

    /// <summary>
    /// The full names of all processes that found the group, such as <c>counter@10.0.0.1:2551</c>, the same on all nodes. Empty: the HOCON
    /// or the actor's <see cref="RaftOptions{TValue}"/> has the roster. Sets <c>raft.roster</c>.
    /// </summary>
    public IList<string> Roster { get; set; } = [];

    /// <summary>
    /// Nodes to ask, as <c>host:port</c>, for a node that no roster names: one that joins, and one that has only clients. Empty: none. A
    /// member of an Akka.Cluster needs none. Sets <c>raft.contacts</c> and <c>raft.client.contacts</c>.
    /// </summary>
    public IList<string> Contacts { get; set; } = [];

    /// <summary>True: this node joins groups that were founded without it. Default: false. Sets <c>raft.joining</c>.</summary>
    public bool? Joining { get; set; }

    /// <summary>
    /// The directory for term, vote, log and snapshots. It is created if it does not exist. A relative path begins at the current
    /// directory. Default: none, everything is in memory. Sets <c>raft.store.directory</c>.
    /// </summary>
    public string? StoreDirectory { get; set; }

    /// <summary>
    /// The highest number of voters of a group that is founded: 3, 5, 7, 9 or 11. Default: 11, so the roster decides by its length. Sets
    /// <c>raft.quorum.max</c>.
    /// </summary>
    public int? MaxQuorum { get; set; }

    /// <summary>
    /// True: a roster may have one or two processes, though such a group survives no failure. Default: false. Sets
    /// <c>raft.quorum.allow-fewer-than-three</c>.
    /// </summary>
    public bool? AllowFewerThanThree { get; set; }

    /// <summary>
    /// The rack or zone of this node, over which the leader spreads the voters. At most 100 characters. Default: none. Sets
    /// <c>raft.failure-domain</c>.
    /// </summary>
    public string? FailureDomain { get; set; }

    /// <summary>Encryption and authentication of raft's messages. Default: none.</summary>
    public RaftSecurityOptions Security { get; set; } = new();

    /// <summary>HOCON for every other setting, such as <c>raft.priority = 1</c>. Set options override it. Null: none.</summary>
    public string? Hocon { get; set; }
}

/// <summary>
/// How raft's own connections are protected: by certificates, on every node. docs/security.md shows it. The remoting has keys of its own.
/// </summary>
public sealed class RaftSecurityOptions
{
    /// <summary>A file with this node's certificate, PEM or PFX. Sets <c>raft.security.tls.certificate</c>.</summary>
    public string? Certificate { get; set; }

    /// <summary>The PEM file with the private key. Default: in <see cref="Certificate"/>. Sets <c>raft.security.tls.key</c>.</summary>
    public string? Key { get; set; }

    /// <summary>The password of a PFX file or an encrypted key. Default: none. Sets <c>raft.security.tls.password</c>.</summary>
    public string? Password { get; set; }

    /// <summary>
    /// The PEM file with the roots that sign the certificates. Needed with <see cref="Certificate"/>. Sets <c>raft.security.tls.ca</c>.
    /// </summary>
    public string? Ca { get; set; }

    /// <summary>
    /// The names in certificates of nodes. Empty: with node names, those that rosters and logs name. Sets <c>raft.security.roles.node</c>.
    /// </summary>
    public IList<string> Nodes { get; set; } = [];

    /// <summary>The names in certificates that may change members. Sets <c>raft.security.roles.operator</c>.</summary>
    public IList<string> Operators { get; set; } = [];

    /// <summary>The names in certificates that may append and read. Sets <c>raft.security.roles.writer</c>.</summary>
    public IList<string> Writers { get; set; } = [];

    /// <summary>The names in certificates that may read. Sets <c>raft.security.roles.reader</c>.</summary>
    public IList<string> Readers { get; set; } = [];
}
