namespace RaftActors.Tests.Security;

public sealed class TlsSupportTests
{
    [Fact]
    public void System_without_TLS_1_3_is_refused_by_its_name()
    {
        TlsSupport.Demand(isMac: false, isOldWindows: false);

        var mac = Assert.Throws<RaftConfigurationException>(() => TlsSupport.Demand(isMac: true, isOldWindows: false));
        var windows = Assert.Throws<RaftConfigurationException>(() => TlsSupport.Demand(isMac: false, isOldWindows: true));

        Assert.Contains("on macOS.", mac.Message);
        Assert.Contains("on Windows before 11 and Server 2022.", windows.Message);
    }
}
