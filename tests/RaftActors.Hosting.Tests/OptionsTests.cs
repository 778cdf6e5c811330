using System.Globalization;
using System.Reflection;

using Akka.Configuration;

using Microsoft.Extensions.Configuration;

namespace RaftActors.Hosting.Tests;

/// <summary>The section RaftActors of the configuration becomes settings of the actor system.</summary>
public sealed class OptionsTests
{
    private static readonly Config Defaults = Raft.DefaultConfig().WithFallback(RaftCoordination.DefaultConfig());

    private readonly int _port = FreePorts.Next();

    [Fact]
    public async Task Each_option_sets_its_setting_and_overrides_the_hocon_which_overrides_the_defaults()
    {
        var options = OptionsOf(typeof(RaftNodeOptions), "").ToList();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        foreach (var (option, property, settings) in options)
        {
            builder.Configuration[Key(option, property)] = ValueOf(property, settings[0]).Text;
        }

        builder.Configuration["RaftActors:Hocon"] = "raft { joining = off, get-window = 7 }\nakka.remote.use-passive-connections = on";
        builder.Services.AddRaftOptions();
        builder.Services.AddAkka("raft", (akka, services) => akka
            .AddHocon("raft { get-window = 6, in-flight.messages-max = 6 }\nraft.joining = off", HoconAddMode.Prepend).WithRaft(services));
        using var host = builder.Build();
        var system = host.Services.GetRequiredService<ActorSystem>();

        var config = system.Settings.Config;
        Assert.All(options, option => Assert.All(option.Settings, setting =>
        {
            var expected = ValueOf(option.Property, setting).Expected;
            Assert.NotEqual(expected, Show(Defaults, setting));
            Assert.Equal((setting, expected), (setting, Show(config, setting)));
        }));
        Assert.Equal("node-names", config.GetString("raft.discovery"));
        Assert.Equal((7, 6), (config.GetInt("raft.get-window"), config.GetInt("raft.in-flight.messages-max")));
        Assert.True(config.GetBoolean("akka.remote.use-passive-connections"));
        await system.Terminate().WaitAsync(Guard);
    }

    [Fact]
    public void Password_is_not_in_the_text_of_the_options() =>
        Assert.DoesNotContain("secret", $"{new RaftNodeOptions { Security = new() { Password = "secret" } }}");

    private static IEnumerable<(string Option, PropertyInfo Property, string[] Settings)> OptionsOf(Type type, string prefix) =>
        type.GetProperties().SelectMany(property => NodeOptionsCheck.IsGroup(property)
            ? OptionsOf(property.PropertyType, $"{prefix}{property.Name}:")
            : SettingsOf(property) is { Length: > 0 } settings ? [(prefix + property.Name, property, settings)]
            : []);

    private static string[] SettingsOf(PropertyInfo property) =>
        [.. property.GetCustomAttributes<SettingAttribute>().Select(setting => setting.Name)];

    private static string Key(string option, PropertyInfo property) =>
        $"RaftActors:{option}{(property.PropertyType == typeof(IReadOnlyList<string>) ? ":0" : "")}";

    /// <summary>A value as the application's configuration has it, and as the setting has it.</summary>
    private (string Text, string Expected) ValueOf(PropertyInfo property, string setting)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (setting == "raft.quorum.remove-after")
        {
            return ("01:00:00", "3600000ms"); // Off by default.
        }

        if (type == typeof(TimeSpan))
        {
            // Twice the default of each, because some times bound others. One that sets several has the defaults' ratios.
            var (time, of) = (2 * Defaults.GetTimeSpan(SettingsOf(property)[0]), 2 * Defaults.GetTimeSpan(setting));
            return ($"{time:c}", string.Create(CultureInfo.InvariantCulture, $"{of.TotalMilliseconds}ms"));
        }

        return property.Name switch
        {
            nameof(RaftNodeOptions.Node) => ($":{_port}", $":{_port}"),
            nameof(RaftNodeOptions.StoreDirectory) => ("here", Path.GetFullPath("here")),
            nameof(RaftNodeOptions.Roster) => ("a@n:1", "[a@n:1]"),
            nameof(RaftNodeOptions.Joining) => ("Auto", "auto"),
            _ when type == typeof(IReadOnlyList<string>) => ("n:2", "[n:2]"),
            _ when type == typeof(bool) => ("true", "on"),
            _ when type == typeof(int) => ("5", "5"),
            _ when type == typeof(long) => ("5", "5b"),
            _ => ("rack \"1\"", "rack \"1\""),
        };
    }

    private static string Show(Config config, string setting) =>
        config.GetString(setting) ?? $"[{string.Join(", ", config.GetStringList(setting))}]";
}
