using Akka.Actor;
using Akka.Hosting;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RaftActors.Hosting.Tests;

/// <summary>The section RaftActors of the configuration becomes settings of the actor system.</summary>
public sealed class OptionsTests
{
    private static readonly Dictionary<string, (string Value, string Key, string Setting)> Options = new()
    {
        ["Roster:0"] = ("a@n:1", "raft.roster", "[\"a@n:1\"]"),
        ["Contacts:0"] = ("n:2", "raft.contacts", "[\"n:2\"]"),
        ["Joining"] = ("true", "raft.joining", "on"),
        ["MaxQuorum"] = ("5", "raft.quorum.max", "5"),
        ["AllowFewerThanThree"] = ("true", "raft.quorum.allow-fewer-than-three", "on"),
        ["FailureDomain"] = ("rack \"1\"", "raft.failure-domain", "rack \"1\""),
        ["Security:Certificate"] = ("/c", "raft.security.tls.certificate", "/c"),
        ["Security:Key"] = ("/k", "raft.security.tls.key", "/k"),
        ["Security:Password"] = ("p", "raft.security.tls.password", "p"),
        ["Security:Ca"] = ("/a", "raft.security.tls.ca", "/a"),
        ["Security:Pins:0"] = ("s", "raft.security.tls.pins", "[\"s\"]"),
        ["Security:Nodes:0"] = ("n", "raft.security.roles.node", "[\"n\"]"),
        ["Security:Operators:0"] = ("o", "raft.security.roles.operator", "[\"o\"]"),
        ["Security:Writers:0"] = ("w", "raft.security.roles.writer", "[\"w\"]"),
        ["Security:Readers:0"] = ("r", "raft.security.roles.reader", "[\"r\"]"),
        ["Timings:ElectionTimeoutMin"] = ("00:00:01.5", "raft.election-timeout.min", "1500ms"),
        ["Timings:ElectionTimeoutMax"] = ("00:00:03", "raft.election-timeout.max", "3000ms"),
        ["Timings:HeartbeatInterval"] = ("00:00:00.3", "raft.heartbeat-interval", "300ms"),
        ["Timings:GoneAfter"] = ("00:01", "raft.quorum.gone-after", "60000ms"),
        ["Timings:AppendTimeout"] = ("00:00:06", "raft.append-timeout", "6000ms"),
        ["Timings:GetTimeout"] = ("00:00:07", "raft.get-timeout", "7000ms"),
        ["Timings:QueryTimeout"] = ("00:00:08", "raft.query-timeout", "8000ms"),
        ["Timings:ChangeTimeout"] = ("00:00:09", "raft.change-timeout", "9000ms"),
        ["Snapshots:AfterEntries"] = ("5", "raft.snapshot.after-entries", "5"),
        ["Snapshots:AfterBytes"] = ("6", "raft.snapshot.after-bytes", "6b"),
        ["Snapshots:RetainedEntries"] = ("7", "raft.snapshot.retained-entries", "7"),
        ["Snapshots:RebuildDiverged"] = ("true", "raft.snapshot.rebuild-diverged", "on"),
        ["Leases:Enabled"] = ("true", "raft.lease.enabled", "on"),
        ["Leases:MaxDriftPercent"] = ("5", "raft.lease.max-drift-percent", "5"),
        ["Coordination:SessionTimeout"] = ("00:00:20", "raft-coordination.session-timeout", "20000ms"),
        ["Coordination:RenewInterval"] = ("00:00:02", "raft-coordination.renew-interval", "2000ms"),
        ["Coordination:MemberTimeout"] = ("00:00:40", "raft-coordination.member-timeout", "40000ms"),
        ["Coordination:StableAfter"] = ("00:00:06", "raft-coordination.downing.stable-after", "6000ms"),
        ["Coordination:DownSelfAfter"] = ("00:00:12", "raft-coordination.downing.down-self-after", "12000ms"),
    };

    [Fact]
    public async Task Each_option_sets_its_setting_and_overrides_the_hocon_which_overrides_the_defaults()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            Options.Select(option => KeyValuePair.Create($"RaftActors:{option.Key}", (string?)option.Value.Value)));
        builder.Configuration["RaftActors:Node"] = $":{FreePorts.Next()}";
        builder.Configuration["RaftActors:StoreDirectory"] = "here";
        builder.Configuration["RaftActors:Hocon"] = "raft { joining = off, priority = 7 }\nakka.remote.use-passive-connections = on";
        builder.Services.AddAkka("raft", akka => akka.WithRaft(builder.Configuration));
        using var host = builder.Build();
        var system = host.Services.GetRequiredService<ActorSystem>();

        var config = system.Settings.Config;
        foreach (var (_, key, setting) in Options.Values)
        {
            var actual = setting.StartsWith('[') ? $"[{string.Join(", ", config.GetStringList(key).Select(item => $"\"{item}\""))}]"
                : config.GetString(key);
            Assert.Equal((key, setting), (key, actual));
        }

        Assert.Equal(Path.GetFullPath("here"), config.GetString("raft.store.directory"));
        Assert.Equal("node-names", config.GetString("raft.discovery"));
        Assert.Equal((7, true), (config.GetInt("raft.priority"), config.GetBoolean("akka.remote.use-passive-connections")));
        await system.Terminate().WaitAsync(HostedNode.Guard);
    }

    [Fact]
    public void Each_property_is_tested_here()
    {
        var all = typeof(RaftNodeOptions).GetProperties()
            .SelectMany(each => NodeOptionsCheck.IsGroup(each) ? each.PropertyType.GetProperties() : [each]).Select(each => each.Name);
        var tested = Options.Keys.SelectMany(key => key.Split(':'));

        Assert.Equal(["Hocon", "Node", "StoreDirectory"], all.Except(tested).Order());
    }
}
