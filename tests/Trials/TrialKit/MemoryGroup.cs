namespace TrialKit;

/// <summary>
/// A cgroup (version 1) for the memory of a process, which starts in it. When its memory is short, the kernel takes the pages of its code
/// and files again and again, and a thread that needs one more page waits. The kernel kills nothing. Dispose removes the group; the process
/// must have ended.
/// </summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup/memory";
    private const long Step = 1 << 20;

    private readonly string _folder;

    public MemoryGroup(int number)
    {
        _folder = Directory.CreateDirectory(Path.Combine(Root, $"trial-{Environment.ProcessId}-{number}")).FullName;
        Write("memory.oom_control", 1);
        Host = new("", "", "sh", "-c", $"echo $$ >{_folder}/cgroup.procs && exec \"$@\"", "sh");
    }

    /// <summary>This machine, for the process in the group.</summary>
    public Host Host { get; }

    /// <summary>How often the process has asked for memory and there was none.</summary>
    public long Refusals => Read("memory.failcnt");

    /// <summary>Why this machine has no such group, with the remedy; null: it has.</summary>
    public static string? Problem() => Machine.RootProblem()
        ?? (File.Exists($"{Root}/memory.usage_in_bytes") ? null : $"there is no {Root}: run 'mount -t cgroup -o memory cgroup {Root}'");

    /// <summary>Takes all memory that the kernel can take, and gives no more.</summary>
    public void Exhaust()
    {
        try
        {
            for (var limit = Read("memory.usage_in_bytes"); limit > 0; limit -= Step)
            {
                Write("memory.limit_in_bytes", limit);
            }
        }
        catch (IOException)
        {
            // The process uses the rest.
        }
    }

    public void Relieve() => Write("memory.limit_in_bytes", -1);

    public void Dispose() => Directory.Delete(_folder);

    private long Read(string file) => long.Parse(File.ReadAllText(Path.Combine(_folder, file)));

    private void Write(string file, long value) => File.WriteAllText(Path.Combine(_folder, file), $"{value}");
}
