using RaftActors.Cli.Security;
using RaftActors.Security;

namespace RaftTrials.Hostile;

/// <summary>How servers and clients of a trial prove their identity. The healthy client is a writer.</summary>
internal abstract class Credentials : IDisposable
{
    /// <summary>Of each server.</summary>
    public abstract IReadOnlyList<string> ServerOptions { get; }

    /// <summary>The environment variables of the healthy client.</summary>
    public abstract IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>The files of the writer.</summary>
    public abstract ConnectionSecurity WriterFiles { get; }

    /// <summary>A client that may read, and not append.</summary>
    public abstract ConnectionSecurity Reader { get; }

    /// <summary>The proof of the reader.</summary>
    public abstract ConnectionCredentials ReaderProof { get; }

    /// <summary>The proof of a server.</summary>
    public abstract ConnectionCredentials Node { get; }

    /// <summary>The proof of the writer.</summary>
    public abstract ConnectionCredentials Writer { get; }

    /// <summary>Proofs that no server accepts.</summary>
    public abstract IReadOnlyList<(string Name, ConnectionCredentials Shown)> Refused { get; }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
