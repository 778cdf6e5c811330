using System.Globalization;

namespace RaftActors.Cli.Plan;

/// <summary>Writes the answer of <c>raft plan</c> as text and as JSON.</summary>
internal static class PlanView
{
    public static void WriteText(TextWriter output, Workload given, Forecast forecast)
    {
        var table = new Table("A GROUP", "", "");
        var rate = $"{Number(forecast.Rate)}/s of {ByteSize.Text(given.PayloadBytes)}";
        table.Add("members", $"{given.Members}", given.Voters == given.Members ? "all vote" : $"{given.Voters} vote");
        table.Add("appends", rate, given.Callers is { } callers ? $"{callers} callers that wait for each outcome" : "");
        if (forecast.IsPossible)
        {
            table.Add("latency p50", TimeoutAdvice.Text(forecast.Median), $"mostly {forecast.SlowestPart}");
            table.Add("latency p99", TimeoutAdvice.Text(forecast.Most), "");
            table.Add("appends in a batch", $"{forecast.AppendsPerBatch:0.#}", "one message to each member, one write on each disk");
            table.Add("processors", $"{forecast.LeaderCores:0.00}", $"of the leader; {forecast.OtherCores:0.00} of another member");
        }

        table.Add("highest rate", $"{Number(forecast.Limits[0].Rate)}/s", $"by {forecast.Limits[0].Name}: {forecast.Limits[0].Reason}");
        foreach (var limit in forecast.Limits.Skip(1))
        {
            table.Add("  next", $"{Number(limit.Rate)}/s", $"by {limit.Name}: {limit.Reason}");
        }

        table.Add("log", $"{ByteSize.Text(forecast.LogPerDay)} a day", "on each member");
        table.Add(
            "disk",
            forecast.Disk is { } disk ? ByteSize.Text(disk) : "without end",
            forecast.LogMost is { } log
                ? $"the state twice, {ByteSize.Text(log)} of log in segments, and the floor"
                : "without --state the actor takes no snapshots, and the whole log stays");
        table.Add("memory", ByteSize.Text(forecast.Memory), $"the state, and {ByteSize.Text(forecast.LogInMemory)} of log");
        if (given.StateBytes > 0)
        {
            table.Add(
                "snapshots",
                $"{Number(forecast.SnapshotsPerDay)} a day",
                $"{ByteSize.Text(forecast.SnapshotBytesPerDay)} a day to each disk");
            table.Add("  to a new member", ByteSize.Text(given.StateBytes), $"in {TimeoutAdvice.Text(forecast.SnapshotTransfer)}");
        }

        if (forecast.IsPossible)
        {
            table.Add("network of the leader", PerSecond(forecast.LeaderSends), $"sent; {PerSecond(forecast.LeaderReceives)} received");
            table.Add("  of another member", PerSecond(forecast.OtherSends), $"sent; {PerSecond(forecast.OtherReceives)} received");
        }

        table.Add("heartbeats", $"{Number(forecast.HeartbeatMessages)}/s", $"{PerSecond(forecast.HeartbeatBytes)}, replies included");
        table.Add("failover", TimeoutAdvice.Text(forecast.FailoverOfProgram), "after a crash of the leader's program, about");
        table.Add("", TimeoutAdvice.Text(forecast.FailoverOfMachine), "after the loss of its machine, at most, if no vote is split");
        table.WriteTo(output);
        WriteAdvice(output, given, forecast);
    }

    public static void WriteText(TextWriter output, LayoutForecast layout)
    {
        output.WriteLine();
        var table = new Table($"{layout.Groups:#,0} GROUPS", "", "");
        table.Add("members on a node", Of(layout.Members), $"of {layout.Nodes:#,0} nodes");
        table.Add("leaders on a node", Of(layout.Leaders), "each group on its preferred node");
        table.Add(
            "memory of a node",
            ByteSize.Text(layout.MemoryMost),
            $"with the states of idle groups; {ByteSize.Text(layout.MemoryWithLogs)} when all logs are long");
        table.Add(
            "heartbeats, awake",
            $"{Number(layout.AwakeMessages)}/s",
            $"in all, {PerSecond(layout.AwakeBytes)}; at most {Number(layout.AwakeMessagesOfNode)}/s of a node");
        table.Add(
            "heartbeats, quiescent",
            $"{Number(layout.QuietMessages)}/s",
            $"in all, {PerSecond(layout.QuietBytes)}; at most {Number(layout.QuietMessagesOfNode)}/s of a node");
        table.Add($"loss of {layout.Lost}", $"{layout.Elections:#,0} elections", $"{layout.ElectionMessages:#,0} messages");
        table.Add(
            "  led again",
            $"{TimeoutAdvice.Text(layout.Failover.Least)} to {TimeoutAdvice.Text(layout.Failover.Most)}",
            "if no vote is split");
        table.Add("  leaders afterwards", Of(layout.LeadersAfter), "on a node");
        table.Add(
            "  members to replace",
            $"{layout.Moves:#,0}",
            layout.MovesWithoutTarget > 0
                ? $"{layout.MovesWithoutTarget:#,0} of them have no node left"
                : $"on {layout.MoveTargets:#,0} nodes, at most {layout.MovesMost:#,0} on one");
        table.Add("  states to send", ByteSize.Text(layout.MovedBytes), $"in {TimeoutAdvice.Text(layout.MoveTime)} at least");
        table.WriteTo(output);
    }

    /// <summary>Writes the nodes of each group.</summary>
    public static void List(TextWriter output, GroupLayout layout, bool isJson)
    {
        for (var group = 0; group < layout.Groups; group++)
        {
            var (number, nodes) = (group, layout.MembersOf(group).Select(GroupLayout.NameOf));
            if (!isJson)
            {
                output.WriteLine($"{number}  {string.Join(' ', nodes)}");
                continue;
            }

            JsonLine.Write(output, writer =>
            {
                writer.WriteString("kind", "group");
                writer.WriteNumber("number", number);
                writer.WriteStartArray("nodes");
                foreach (var node in nodes)
                {
                    writer.WriteStringValue(node);
                }

                writer.WriteEndArray();
            });
        }
    }

    public static void WriteJson(TextWriter output, Workload given, Forecast forecast)
    {
        JsonLine.Write(output, writer =>
        {
            writer.WriteString("kind", "plan");
            writer.WriteNumber("members", given.Members);
            writer.WriteNumber("voters", given.Voters);
            writer.WriteNumber("appendsPerSecond", Rounded(forecast.Rate));
            writer.WriteBoolean("possible", forecast.IsPossible);
            if (forecast.IsPossible)
            {
                writer.WriteNumber("p50Ms", Milliseconds(forecast.Median));
                writer.WriteNumber("p99Ms", Milliseconds(forecast.Most));
                writer.WriteString("slowestPart", forecast.SlowestPart);
                writer.WriteNumber("appendsPerBatch", Rounded(forecast.AppendsPerBatch));
                writer.WriteNumber("leaderCores", Rounded(forecast.LeaderCores));
                writer.WriteNumber("otherCores", Rounded(forecast.OtherCores));
                writer.WriteNumber("leaderSendsPerSecond", Rounded(forecast.LeaderSends));
                writer.WriteNumber("leaderReceivesPerSecond", Rounded(forecast.LeaderReceives));
                writer.WriteNumber("otherSendsPerSecond", Rounded(forecast.OtherSends));
                writer.WriteNumber("otherReceivesPerSecond", Rounded(forecast.OtherReceives));
            }

            writer.WriteNumber("logBytesPerDay", Rounded(forecast.LogPerDay));
            if (forecast is { Disk: { } disk, LogMost: { } log })
            {
                writer.WriteNumber("logBytesMost", Rounded(log));
                writer.WriteNumber("diskBytes", Rounded(disk));
            }

            writer.WriteNumber("memoryBytes", Rounded(forecast.Memory));
            writer.WriteNumber("snapshotsPerDay", Rounded(forecast.SnapshotsPerDay));
            writer.WriteNumber("snapshotBytesPerDay", Rounded(forecast.SnapshotBytesPerDay));
            writer.WriteNumber("snapshotTransferMs", Milliseconds(forecast.SnapshotTransfer));
            writer.WriteNumber("heartbeatsPerSecond", Rounded(forecast.HeartbeatMessages));
            writer.WriteNumber("heartbeatBytesPerSecond", Rounded(forecast.HeartbeatBytes));
            writer.WriteNumber("failoverOfProgramMs", Milliseconds(forecast.FailoverOfProgram));
            writer.WriteNumber("failoverOfMachineMs", Milliseconds(forecast.FailoverOfMachine));
        });
        foreach (var limit in forecast.Limits)
        {
            JsonLine.Write(output, writer =>
            {
                writer.WriteString("kind", "limit");
                writer.WriteString("by", limit.Name);
                writer.WriteNumber("appendsPerSecond", Rounded(limit.Rate));
                writer.WriteString("why", limit.Reason);
            });
        }

        var (heartbeat, min, max) = TimeoutAdvice.Suggest(given);
        JsonLine.Write(output, writer =>
        {
            writer.WriteString("kind", "timeouts");
            writer.WriteNumber("heartbeatMs", Milliseconds(heartbeat));
            writer.WriteNumber("electionMinMs", Milliseconds(min));
            writer.WriteNumber("electionMaxMs", Milliseconds(max));
        });
        foreach (var problem in TimeoutAdvice.ProblemsOf(given))
        {
            JsonLine.Write(output, writer =>
            {
                writer.WriteString("kind", "advice");
                writer.WriteString("text", problem);
            });
        }
    }

    public static void WriteJson(TextWriter output, LayoutForecast layout)
    {
        JsonLine.Write(output, writer =>
        {
            writer.WriteString("kind", "layout");
            writer.WriteNumber("groups", layout.Groups);
            writer.WriteNumber("nodes", layout.Nodes);
            Spreads("members", layout.Members);
            Spreads("leaders", layout.Leaders);
            writer.WriteNumber("memoryBytesMost", Rounded(layout.MemoryMost));
            writer.WriteNumber("memoryBytesWithLogs", Rounded(layout.MemoryWithLogs));
            writer.WriteNumber("awakeMessagesPerSecond", Rounded(layout.AwakeMessages));
            writer.WriteNumber("awakeMessagesOfNode", Rounded(layout.AwakeMessagesOfNode));
            writer.WriteNumber("quiescentMessagesPerSecond", Rounded(layout.QuietMessages));
            writer.WriteNumber("quiescentMessagesOfNode", Rounded(layout.QuietMessagesOfNode));
            writer.WriteString("lost", layout.Lost);
            writer.WriteNumber("elections", layout.Elections);
            writer.WriteNumber("electionMessages", layout.ElectionMessages);
            writer.WriteNumber("failoverLeastMs", Milliseconds(layout.Failover.Least));
            writer.WriteNumber("failoverMostMs", Milliseconds(layout.Failover.Most));
            Spreads("leadersAfter", layout.LeadersAfter);
            writer.WriteNumber("moves", layout.Moves);
            writer.WriteNumber("movesWithoutTarget", layout.MovesWithoutTarget);
            writer.WriteNumber("movesMost", layout.MovesMost);
            writer.WriteNumber("movedBytes", Rounded(layout.MovedBytes));
            writer.WriteNumber("moveMs", Milliseconds(layout.MoveTime));

            void Spreads(string name, Spread spread)
            {
                writer.WriteNumber($"{name}Least", spread.Least);
                writer.WriteNumber($"{name}Most", spread.Most);
            }
        });
    }

    private static void WriteAdvice(TextWriter output, Workload given, Forecast forecast)
    {
        output.WriteLine();
        if (!forecast.IsPossible)
        {
            output.WriteLine(
                $"{Number(forecast.Rate)} appends/s are too many for one group: {forecast.Limits[0].Name} allows "
                + $"{Number(forecast.Limits[0].Rate)}/s. Divide the keys among shards, or raise that limit.");
        }

        var problems = TimeoutAdvice.ProblemsOf(given).ToList();
        problems.ForEach(output.WriteLine);
        if (problems.Count == 0)
        {
            var (heartbeat, min, max) = (given.Heartbeat, given.ElectionMin, given.ElectionMax);
            output.WriteLine(
                $"raft.heartbeat-interval = {TimeoutAdvice.Text(heartbeat)} and raft.election-timeout {{ min = {TimeoutAdvice.Text(min)}, "
                + $"max = {TimeoutAdvice.Text(max)} }} suit this disk and network.");
        }
    }

    private static string Of(Spread spread) =>
        string.Create(CultureInfo.InvariantCulture, $"{spread.Least:#,0} to {spread.Most:#,0}, mean {spread.Mean:#,0.#}");

    private static string PerSecond(double bytes) => $"{ByteSize.Text(bytes)}/s";

    private static string Number(double value) => value.ToString(value < 100 ? "#,0.#" : "#,0", CultureInfo.InvariantCulture);

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);

    private static double Rounded(double value) => Math.Round(value, 2);
}
