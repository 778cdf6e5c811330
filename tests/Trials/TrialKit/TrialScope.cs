namespace TrialKit;

/// <summary>The resources of one trial, and its options. Dispose releases the resources, the last one first.</summary>
/// <param name="work">An existing folder.</param>
internal class TrialScope(string work, ParseResult options) : ITrial
{
    private readonly Stack<IDisposable> _owned = [];

    public string Work => work;

    protected ParseResult Options => options;

    /// <summary>The value of --rounds.</summary>
    /// <param name="usual">The default.</param>
    public int Rounds(int usual) => options.GetValue(TrialProgram.Rounds) ?? usual;

    /// <summary>Disposes a resource at the end of the trial.</summary>
    public T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Push(resource);
        return resource;
    }

    /// <summary>Creates hosts with a network namespace each.</summary>
    public async Task<Network> Hosts(int count) => Own(await Network.Start(count));

    /// <summary>Mounts a disk in memory for the rest of the trial.</summary>
    public void MountDisk(string folder, int megabytes)
    {
        Directory.CreateDirectory(folder);
        Machine.Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder);
        Own(new Mount(folder));
    }

    /// <inheritdoc/>
    public string Tails() => string.Join('\n', _owned.OfType<ITrial>().Select(each => each.Tails()));

    public void Dispose()
    {
        while (_owned.TryPop(out var resource))
        {
            resource.Dispose();
        }
    }

    private sealed class Mount(string folder) : IDisposable
    {
        public void Dispose() => Machine.Run("umount", folder);
    }
}
