using System.Text.Json;

namespace RaftTrials.Servers;

/// <summary>Hosts with a network card each, in one machine, and a switch between them that loses, delays and drops as told.</summary>
internal sealed class Network : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _switch;
    private readonly string _rules;

    private Network(ChildProcess process, string rules) => (_switch, _rules) = (process, rules);

    /// <summary>Why there can be none on this machine; null if there can.</summary>
    public static string? WhyNot(string tools) =>
        !File.Exists(Switch(tools)) ? $"the tools are not in {tools}"
        : Environment.UserName != "root" ? "only root can make networks"
        : !File.Exists("/dev/net/tun") ? "there is no /dev/net/tun"
        : null;

    /// <param name="work">Where the rules are kept.</param>
    public static async Task<Network> Start(string tools, string work, int hosts)
    {
        var network = new Network(
            ChildProcess.Start("python3", [Switch(tools), $"{hosts}", Path.Combine(work, "rules")]),
            Path.Combine(work, "rules"));
        network.Rule(new());
        if (await network._switch.Line(line => line.Text == "up", Patience) is null)
        {
            var said = string.Join('\n', network._switch.Lines(_ => true).TakeLast(3).Select(line => line.Text));
            network.Dispose();
            throw new TrialFailure($"no network: {said} (what a run left that was killed goes with 'ip netns del vs1', and so on)");
        }

        return network;
    }

    /// <param name="number">From 1.</param>
    public static Host Host(int number) => new($"10.98.0.{number}", "ip", "netns", "exec", $"vs{number}");

    /// <summary>From now on, or a fiftieth of a second later.</summary>
    public void Rule(Rules rules)
    {
        File.WriteAllText(_rules + ".new", JsonSerializer.Serialize(rules, Rules.Options));
        File.Move(_rules + ".new", _rules, overwrite: true);
    }

    public void Dispose()
    {
        _switch.Send(Signal.Terminate);
        _switch.Ended(Patience).Wait();
        _switch.Dispose();
    }

    private static string Switch(string tools) => Path.Combine(tools, "vswitch.py");
}

/// <summary>What the switch does; nothing but forwarding if nothing is said.</summary>
/// <param name="Cut">What is dropped: from the first of each two to the second, not back.</param>
/// <param name="Loss">Which share of all packets is lost.</param>
internal sealed record Rules(int[][]? Cut = null, double Loss = 0, double DelayMs = 0, double JitterMs = 0)
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Nothing goes from one of these sides to the other, nor back.</summary>
    public static Rules Split(IReadOnlyCollection<int> one, IReadOnlyCollection<int> other) =>
        new([.. one.SelectMany(from => other.SelectMany(to => new int[][] { [from, to], [to, from] }))]);
}
