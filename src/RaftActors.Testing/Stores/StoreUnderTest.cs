using RaftActors.Storage;

namespace RaftActors.Testing;

/// <summary>
/// Says how a store is made, for <see cref="RaftStoreContract"/>. One object is one place where stores are kept, empty at first; a case
/// opens and closes stores there, one after the other, and one for each owner at a time.
/// </summary>
public abstract class StoreUnderTest : IDisposable
{
    /// <summary>Whether <see cref="Crash"/> can be asked for. Cases that need it are left out otherwise.</summary>
    public virtual bool CanCrash => false;

    /// <summary>How long a store may take to say that something is done.</summary>
    public virtual TimeSpan Patience => TimeSpan.FromSeconds(30);

    /// <summary>The store of this owner, not opened yet, on what the one before it left there. A store that was made before was disposed,
    /// or lost by <see cref="Crash"/>.</summary>
    public abstract IRaftStore Make(StoreOwner owner);

    /// <summary>The power goes: what was not durable may be gone, and the stores that were made are not used any more.</summary>
    public virtual void Crash() => throw new NotSupportedException($"{GetType().Name} cannot crash.");

    /// <summary>Called before a case waits: a store without a thread of its own does its work here.</summary>
    public virtual void Work()
    {
    }

    /// <summary>Called at the end of a case.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
