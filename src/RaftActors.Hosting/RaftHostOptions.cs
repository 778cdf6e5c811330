namespace RaftActors.Hosting;

/// <summary>
/// The options of the actor system that the host owns. Bound from the configuration section <c>RaftActors</c>, and checked when the host
/// starts. A set option overrides <see cref="Hocon"/>.
/// </summary>
public sealed class RaftHostOptions
{
    /// <summary>The configuration section that is bound: <c>RaftActors</c>.</summary>
    public const string Section = "RaftActors";

    /// <summary>The name of the actor system, the same on all nodes. Letters, digits, <c>-</c> and <c>_</c>. Default: raft.</summary>
    public string SystemName { get; set; } = "raft";

    /// <summary>
    /// The address of this node, as the other nodes reach it: <c>host:port</c>, or <c>:port</c> for 127.0.0.1. It sets <c>raft.node</c>.
    /// It also sets the provider, hostname and port of Akka.Remote, and <c>raft.discovery = node-names</c>, where the HOCON does not.
    /// Null: the HOCON sets them. A front end, which has clients and no raft actor, needs no node: it listens on a free port.
    /// </summary>
    public string? Node { get; set; }

    /// <summary>
    /// The full names of all processes that found the group, such as <c>counter@10.0.0.1:2551</c>, the same on all nodes. It sets
    /// <c>raft.roster</c>. Empty: the HOCON or the actor's <see cref="RaftOptions{TValue}"/> has the roster.
    /// </summary>
    public IList<string> Roster { get; set; } = [];

    /// <summary>
    /// The addresses of further nodes to greet, and those that clients ask. It sets <c>raft.contacts</c> and <c>raft.client.contacts</c>.
    /// Empty: the HOCON has them, or there are none. A front end needs at least one.
    /// </summary>
    public IList<string> Contacts { get; set; } = [];

    /// <summary>
    /// The directory for term, vote, log and snapshots. It sets <c>raft.store.directory</c>. A relative path begins at the host's content
    /// root. Null: the HOCON has it, or the stores are in memory.
    /// </summary>
    public string? StoreDirectory { get; set; }

    /// <summary>A file with HOCON. A relative path begins at the host's content root. Null: none.</summary>
    public string? HoconFile { get; set; }

    /// <summary>HOCON, which overrides <see cref="HoconFile"/>. Null: none.</summary>
    public string? Hocon { get; set; }
}
