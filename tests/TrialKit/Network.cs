using System.Text.Json;

namespace TrialKit;

/// <summary>Network namespaces on this machine, and a software switch between them that drops, loses and delays packets.</summary>
internal sealed class Network : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _switch;
    private readonly string _rules;

    private Network(ChildProcess process, string rules) => (_switch, _rules) = (process, rules);

    /// <summary>Why this machine cannot run a network; null: it can.</summary>
    public static string? Problem(string tools) =>
        !File.Exists(Switch(tools)) ? $"vswitch.py is not in {tools}"
        : Environment.UserName != "root" ? "only root can make networks"
        : !File.Exists("/dev/net/tun") ? "there is no /dev/net/tun"
        : null;

    /// <param name="work">The folder of the rules file.</param>
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
            throw new TrialFailure($"the switch did not start: {said} (a killed run leaves namespaces: 'ip netns del vs1' and so on)");
        }

        return network;
    }

    /// <param name="number">From 1.</param>
    public static Host Host(int number) => new($"10.98.0.{number}", "ip", "netns", "exec", $"vs{number}");

    /// <summary>Sets the rules of the switch, which take effect within 20 ms.</summary>
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

/// <summary>The rules of the switch. The default forwards everything.</summary>
/// <param name="Cut">Pairs (from, to) of host numbers. Packets in this direction are dropped.</param>
/// <param name="Loss">Share of all packets that is lost, from 0 to 1.</param>
internal sealed record Rules(int[][]? Cut = null, double Loss = 0, double DelayMs = 0, double JitterMs = 0)
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Drops all packets between the two sides.</summary>
    public static Rules Split(IReadOnlyCollection<int> one, IReadOnlyCollection<int> other) =>
        new([.. one.SelectMany(from => other.SelectMany(to => new int[][] { [from, to], [to, from] }))]);
}
