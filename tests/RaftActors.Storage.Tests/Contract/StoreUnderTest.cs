namespace RaftActors.Storage.Tests.Contract;

/// <summary>
/// Creates the stores of one case of <see cref="RaftStoreContract"/>. One object is one place for stores, such as a directory or a
/// database. It is empty at first. A case opens and closes stores there, at most one for each owner at a time.
/// </summary>
internal abstract class StoreUnderTest : IDisposable
{
    /// <summary>Whether <see cref="Crash"/> is supported. Default: false, which leaves out the cases that need it.</summary>
    public virtual bool CanCrash => false;

    /// <summary>The longest time until a store reports a write. Default: 30 seconds.</summary>
    public virtual TimeSpan WaitMax => TimeSpan.FromSeconds(30);

    /// <summary>
    /// Returns an unopened store over the content of the owner's previous store. That store was disposed, or lost in a
    /// <see cref="Crash"/>.
    /// </summary>
    /// <param name="owner">The process that owns the store.</param>
    public abstract IRaftStore Make(StoreOwner owner);

    /// <summary>
    /// Cuts the power. Writes that are not durable may be lost. The case no longer uses the stores that were created before.
    /// </summary>
    /// <exception cref="NotSupportedException"><see cref="CanCrash"/> is false.</exception>
    public virtual void Crash() => throw new NotSupportedException(
        $"{GetType().Name} cannot crash. Override Crash, or let CanCrash return false.");

    /// <summary>Called before a case waits. A store without its own thread does its writes here. Default: does nothing.</summary>
    public virtual void Work()
    {
    }

    /// <summary>Called at the end of a case. Releases the place.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
