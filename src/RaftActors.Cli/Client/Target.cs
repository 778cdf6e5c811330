namespace RaftActors.Cli.Client;

/// <summary>The group that a command asks, and how its members are named to the user.</summary>
/// <param name="PortOffset">The <c>raft.transport-tcp.port-offset</c> of the nodes, if it is not the default.</param>
/// <param name="Noun">The word for a member in texts, headings and JSON.</param>
internal abstract record Target(string Group, ImmutableArray<Contact> Contacts, int? PortOffset, string Noun, string Nouns)
{
    /// <summary>The processes that the user named as contacts. Empty if the user named nodes only.</summary>
    public virtual ImmutableArray<ProcessName> Named => [];

    /// <summary>The setting that names the founders.</summary>
    public abstract string Roster { get; }

    /// <summary>Why a node has refused this program, which showed no certificate.</summary>
    public abstract string WhyRefused { get; }

    /// <summary>Shortens the name of a process for the user.</summary>
    public abstract string Show(ProcessName process);

    /// <summary>Shortens the names of processes in a text of the engine.</summary>
    public abstract string Show(string text);

    /// <exception cref="UsageException">The text is not the name of a member.</exception>
    public abstract ProcessName Parse(string text);

    /// <summary>Where a process runs, as <c>host:port</c>, if that is known.</summary>
    public abstract string? AddressOf(ProcessName process, RaftStatus? status);

    /// <summary>A target with only this process, or null if its name does not tell its node.</summary>
    public abstract Target? Alone(ProcessName process);

    /// <summary>True if the user named members and not this leader, so the program reports that it asks the leader.</summary>
    public abstract bool IsRedirect(ProcessName leader);

    /// <param name="by">A member of the group, if one is known.</param>
    public abstract string AddCommand(ProcessName process, ProcessName? by);

    /// <summary>A clause that says how to start a process before it is added.</summary>
    public abstract string StartIt(ProcessName process, IEnumerable<ProcessName> members);
}

/// <param name="Shown">As the user wrote it.</param>
internal sealed record Contact(string Host, int Port, string Shown)
{
    public string Key => $"{Host}:{Port}";
}
