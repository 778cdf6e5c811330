namespace Shared;

/// <summary>Times of hosted nodes in tests. The nodes of a test are on one machine, which may be busy.</summary>
public static class FastHocon
{
    // A node that restarts waits for the longest election timeout before it leads alone. An Append waits longer.
    public const string Text =
        """
        raft {
          discovery-interval = 100ms
          tick-interval = 20ms
          heartbeat-interval = 100ms
          transfer-timeout = 8s
          election-timeout { min = 3s, max = 5s }
          append-timeout = 20s
          quorum { stable-after = 200ms, allow-fewer-than-three = on }
        }

        """;
}
