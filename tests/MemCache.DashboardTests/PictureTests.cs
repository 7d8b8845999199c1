using MemCache.Core;
using MemCache.IntegrationTests;
using MemCache.LocalService;
using Microsoft.Playwright;
using Xunit;

namespace MemCache.DashboardTests;

/// <summary>The pictures of the docs: <c>MMC_TEST_PICTURES=docs/images ./mmc test DashboardTests</c> takes them anew.</summary>
[Collection(Browser.Name)]
public sealed class PictureTests(Browser browser)
{
    private const string Variable = "MMC_TEST_PICTURES";

    [Fact]
    public async Task Pictures_of_a_busy_pool_are_taken_when_asked_for()
    {
        string? folder = Environment.GetEnvironmentVariable(Variable);
        using var pool = new PoolFixture();
        await using Visit light = await browser.OpenAsync(1280, 1040);
        ObjectStore[] stores = [pool.OpenStore(48 << 20), pool.OpenStore(96 << 20), pool.OpenStore(64 << 20), pool.OpenStore(64 << 20)];
        using var first = new Traffic(stores[0], 3400);
        using var second = new Traffic(stores[1], 2000);
        await light.ShowAsync(pool.Meta.MetricsUrl, stores.Length);
        await light.WaitForLinesAsync();
        if (string.IsNullOrEmpty(folder))
        {
            Assert.NotEmpty(await light.Page.ScreenshotAsync());
            return;
        }

        // Long enough for charts that tell something.
        Assert.True(stores[3].Rank != RankId.None);
        await Task.Delay(TimeSpan.FromSeconds(150), TestContext.Current.CancellationToken);
        await light.Page.GetByLabel("Drain rank 2 DRAM").ClickAsync();
        await light.Page.Locator("#drain-yes").ClickAsync();
        await Assertions.Expect(light.Page.Locator("#drains .job .badge")).ToHaveTextAsync("done");
        await Task.Delay(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await TakeAsync(light, Path.Combine(folder, "dashboard-light.png"), fullPage: true);
        await using Visit dark = await browser.OpenAsync(1280, 1040, ColorScheme.Dark);
        await dark.ShowAsync(pool.Meta.MetricsUrl, stores.Length);
        await dark.WaitForLinesAsync();
        await TakeAsync(dark, Path.Combine(folder, "dashboard-dark.png"), fullPage: false);
        await using Visit phone = await browser.OpenAsync(360, 720);
        await phone.ShowAsync(pool.Meta.MetricsUrl, stores.Length);
        await phone.WaitForLinesAsync();
        await TakeAsync(phone, Path.Combine(folder, "dashboard-phone.png"), fullPage: false);
    }

    private static async Task TakeAsync(Visit visit, string path, bool fullPage)
    {
        await Assertions.Expect(visit.Page.Locator("#found")).ToHaveCountAsync(1);
        await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = path, FullPage = fullPage });
    }
}
