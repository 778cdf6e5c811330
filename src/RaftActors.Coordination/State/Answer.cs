using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace RaftActors.Coordination.State;

/// <summary>The result of a <see cref="Command"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "$")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Granted), "granted")]
[JsonDerivedType(typeof(Waiting), "waiting")]
[JsonDerivedType(typeof(Held), "held")]
[JsonDerivedType(typeof(Ended), "ended")]
[JsonDerivedType(typeof(Counted), "counted")]
[JsonDerivedType(typeof(Conflict), "conflict")]
[JsonDerivedType(typeof(NoSession), "no-session")]
[JsonDerivedType(typeof(Broken), "broken")]
[JsonDerivedType(typeof(Refused), "refused")]
internal abstract record Answer
{
    private Answer()
    {
    }

    public long Era { get; init; }

    /// <summary>Returns the stamp of the pair: the id of the session that it opened, or the version of the item that it wrote.</summary>
    public long StampOf(long serial) => Era + serial;

    /// <summary>The command has its effect, or had it before.</summary>
    public sealed record Done : Answer;

    /// <summary>The claim holds a permit.</summary>
    /// <param name="Token">
    /// The stamp of the pair that granted it. A grant by a later pair has a higher one, even after a restart of every process and after a
    /// restore.
    /// </param>
    public sealed record Granted(long Token) : Answer;

    public sealed record Waiting : Answer;

    /// <summary>Other claims hold all permits, and this one does not wait.</summary>
    public sealed record Held : Answer;

    /// <summary>
    /// The claim has ended, or a higher one of its session came first. Without this, a late attempt of an Acquire would acquire the lock
    /// for nobody.
    /// </summary>
    public sealed record Ended : Answer;

    public sealed record Counted(long Value) : Answer;

    /// <summary>The item does not have the expected version.</summary>
    /// <param name="Version">Its version, or 0 if there is no item.</param>
    /// <param name="Name">The first such item of a commit. Null for a command of one item.</param>
    public sealed record Conflict(long Version, string? Name = null) : Answer;

    /// <summary>The session has expired, was closed, or never was.</summary>
    public sealed record NoSession : Answer;

    /// <summary>The session is renewed, and an operator has taken these claims away.</summary>
    public sealed record Broken(ImmutableArray<long> Claims) : Answer;

    /// <summary>A limit is reached, or the command contradicts an earlier one.</summary>
    /// <param name="Why">What happened, and the remedy, for people.</param>
    public sealed record Refused(string Why) : Answer;
}
