using System.Collections.Immutable;

namespace RaftActors.Cli.Client;

/// <summary>The group that a command asks, and how its members are named to the user.</summary>
/// <param name="Group">The name of the group.</param>
/// <param name="Contacts">The nodes to ask first, one or more.</param>
/// <param name="PortOffset">The <c>raft.transport-tcp.port-offset</c> of the nodes; null: its default.</param>
/// <param name="Noun">A member in texts, headings and JSON.</param>
/// <param name="Nouns">Several members.</param>
internal abstract record Target(string Group, ImmutableArray<Contact> Contacts, int? PortOffset, string Noun, string Nouns)
{
    /// <summary>The processes of the contacts, which the user named; none: the user named nodes only.</summary>
    public virtual ImmutableArray<ProcessName> Named => [];

    /// <summary>The setting that names the founders.</summary>
    public abstract string Roster { get; }

    /// <summary>Why a node that listens has refused this program, when the program shows no credentials.</summary>
    public abstract string WhyRefused { get; }

    /// <summary>The name of a process, for the user.</summary>
    public abstract string Show(ProcessName process);

    /// <summary>A text of the engine, with the names of processes for the user.</summary>
    public abstract string Show(string text);

    /// <summary>Parses the name of a member.</summary>
    /// <exception cref="UsageException">The text is none.</exception>
    public abstract ProcessName Parse(string text);

    /// <summary>Where a process runs, as <c>host:port</c>; null: not known.</summary>
    /// <param name="status">Its reply; null: there was none.</param>
    public abstract string? AddressOf(ProcessName process, RaftStatus? status);

    /// <summary>A target that is this process alone; null: its node cannot be told from its name.</summary>
    public abstract Target? Alone(ProcessName process);

    /// <summary>Whether the user is told that a request goes to this leader, because other members were named.</summary>
    public abstract bool IsRedirect(ProcessName leader);

    /// <summary>The command that adds a process to the group.</summary>
    /// <param name="by">A member of the group; null: none is known.</param>
    public abstract string AddCommand(ProcessName process, ProcessName? by);

    /// <summary>How to start a process that is to be added, as a clause.</summary>
    public abstract string StartIt(ProcessName process, IEnumerable<ProcessName> members);
}

/// <summary>A node to ask.</summary>
/// <param name="Shown">As the user wrote it.</param>
internal sealed record Contact(string Host, int Port, string Shown)
{
    /// <summary><c>host:port</c>.</summary>
    public string Key => $"{Host}:{Port}";
}
