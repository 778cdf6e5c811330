using RaftTrials.Trials;

namespace DiskTrials;

/// <summary>
/// Three servers under load. They give up early on a disk that does not answer, and keep next to nothing of their log in memory.
/// </summary>
internal static class LoadedGroup
{
    public const int Servers = 3;

    private const int Writers = 24;

    public static Group Make(Trial trial)
    {
        var group = trial.Group(Servers);
        group.Configure(
            """
            raft {
              disk-stall-timeout = 1s
              log-memory-max = 64kB
              store { segment-size = 4MiB, free-space-floor = 1MiB }
            }
            """);
        return group;
    }

    /// <summary>Starts servers and writers, and waits for a number of commits.</summary>
    public static async Task StartLoaded(this Group group, int commits)
    {
        await group.StartAndElect();
        group.Load("w", Writers, group.Servers);
        await group.More(commits);
    }

    /// <summary>Waits for so many more commits.</summary>
    public static Task More(this Group group, int commits) => group.Book.Committed(commits, Stopwatch.GetTimestamp());

    /// <summary>Waits for a line that a server has written with a text.</summary>
    public static async Task<string> Says(this RaftServer server, string text) =>
        (await server.Says(line => line.Text.Contains(text, StringComparison.Ordinal), $"'{text}'")).Text;
}
